/* The claim of a window, held in its place: Wine has no web view that a window could be shown with.
   hold.exe LOCK            holds it until its stdin ends, whatever it is asked
   hold.exe LOCK REQUEST    gives it back as soon as the request is there, which it takes away */
#include <stdio.h>
#include <windows.h>

static DWORD WINAPI end_with_stdin(LPVOID unused)
{
    (void)unused;
    while (getchar() != EOF) {
    }
    ExitProcess(0);
}

int wmain(int count, wchar_t **names)
{
    OVERLAPPED begin = {0};
    HANDLE file;

    if (count < 2)
        return 2;
    file = CreateFileW(names[1], GENERIC_READ | GENERIC_WRITE,
                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS,
                       FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE ||
        !LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, MAXDWORD, MAXDWORD,
                    &begin))
        return 1;
    CreateThread(NULL, 0, end_with_stdin, NULL, 0, NULL);
    puts("held");
    fflush(stdout);
    while (count < 3 || !DeleteFileW(names[2]))
        Sleep(50);
    return 0;
}
