# Syncing with the server: failures and their words.

failure-not-signed-in = Nobody is signed in to a server. Sign in, then sync.
failure-not-an-address = “{ $address }” is not a server address.
failure-wrong-credentials = E-mail or password is wrong.
failure-other-server = The data of this folder belongs to { $known }.
failure-unreachable = The server cannot be reached. What you change is kept here and sent later.
failure-server-busy = The server is busy just now. This desk tries again by itself.
failure-certificate-refused = The server’s certificate is not accepted. Check this PC’s date and time, then the address.
failure-signed-out = The session has expired. Sign in again; what waits to be sent is kept.
failure-keyring-silent = This PC’s keyring does not answer; the session lies in it. Unlock it, or sign in again.
failure-forbidden = This account may not do that.
failure-not-central = What answers at this address is not ServEase Central.
failure-update-needed = This program and the server do not fit together. Update the older one; what waits to be sent is kept.
failure-sync-stuck = The server’s answers lead nowhere; it is in the log. Nothing was lost.
failure-cancelled = Cancelled.
