//! Full disks and folders that cannot be written, made real: a file system of a megabyte in a
//! mount namespace of its own, and a user who may not write.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::support::{Folder, err, error_line, program, run};

/// Runs a shell script that may mount. The superuser needs a mount namespace for that,
/// everybody else a user namespace too; so does a superuser in a container.
#[track_caller]
fn in_own_mounts(script: &str, out: &Path) {
    let mut tried = String::new();
    for flags in ["-m", "-rm"] {
        let allowed = Command::new("unshare")
            .args([flags, "sh", "-c", "mount -t tmpfs none /mnt"])
            .output()
            .unwrap();
        if !allowed.status.success() {
            tried.push_str(&err(&allowed));
            continue;
        }
        let mut command = Command::new("unshare");
        command
            .args([flags, "sh", "-euc", script])
            .env("SERVEASE", program())
            .env("OUT", out)
            .env_remove("RUST_LOG");
        let output = run(command, "");
        assert!(output.status.success(), "{}", err(&output));
        return;
    }
    panic!("no file system can be mounted here, so a full disk cannot be tested: {tried}");
}

fn read(out: &Path, name: &str) -> String {
    fs::read_to_string(out.join(name)).unwrap()
}

#[track_caller]
fn json(out: &Path, name: &str) -> Json {
    serde_json::from_str(&read(out, name)).unwrap()
}

#[test]
fn a_full_disk_is_named_and_loses_nothing() {
    let out = TempDir::new().unwrap();
    in_own_mounts(
        r#"
        mount -t tmpfs -o size=2m none /mnt
        servease() { "$SERVEASE" --json --data-dir /mnt/desk "$@"; }
        echo '{"first_name": "Ann", "last_name": "Ng", "phone": "2125550142"}' \
            | servease customer add --from - > "$OUT/added"
        id=$(sed 's/^{"id":"\([^"]*\)".*/\1/' "$OUT/added")

        # Full before it is opened.
        head -c 4m /dev/zero > /mnt/filler 2> /dev/null || true
        code=0
        servease customer edit "$id" --set city=Troy > "$OUT/full" 2> "$OUT/full.err" || code=$?
        echo $code > "$OUT/full.code"

        # Room for a little: it fills up in the middle of the work.
        rm /mnt/filler
        head -c 1m /dev/zero > /mnt/filler
        long=$(head -c 60000 /dev/zero | tr '\0' x)
        stored=0 code=0
        while [ $stored -lt 100 ]; do
            servease note add --customer "$id" --title T --content "$long" \
                > "$OUT/note" 2> "$OUT/note.err" || { code=$?; break; }
            stored=$((stored + 1))
        done
        echo $stored > "$OUT/stored"
        echo $code > "$OUT/note.code"

        # A folder that is new on a full disk.
        head -c 4m /dev/zero > /mnt/filler2 2> /dev/null || true
        code=0
        "$SERVEASE" --json --data-dir /mnt/new stats > "$OUT/new" 2> "$OUT/new.err" || code=$?
        echo $code > "$OUT/new.code"

        # With room again everything that was confirmed is there, and work goes on.
        rm /mnt/filler /mnt/filler2
        servease customer show "$id" > "$OUT/shown"
        servease note list --customer "$id" > "$OUT/notes"
        servease doctor > "$OUT/doctor"
        servease customer edit "$id" --set city=Troy > "$OUT/edited"
        "#,
        out.path(),
    );
    let out = out.path();
    for attempt in ["full", "note", "new"] {
        assert_eq!(
            read(out, &format!("{attempt}.code")).trim(),
            "1",
            "{attempt}"
        );
        assert_eq!(read(out, attempt), "", "{attempt}");
        let error = error_line(&read(out, &format!("{attempt}.err")));
        assert_eq!(error["code"], "disk_full", "{attempt}: {error}");
    }
    assert_eq!(json(out, "shown"), json(out, "added"));
    let stored: usize = read(out, "stored").trim().parse().unwrap();
    assert!(stored > 0 && stored < 100, "{stored}");
    assert_eq!(json(out, "notes").as_array().unwrap().len(), stored);
    assert_eq!(json(out, "doctor")["ok"], true);
    assert_eq!(json(out, "edited")["city"], "Troy");
}

#[test]
fn a_read_only_file_system_is_named() {
    let out = TempDir::new().unwrap();
    in_own_mounts(
        r#"
        mount -t tmpfs -o size=4m none /mnt
        "$SERVEASE" --json --data-dir /mnt/desk employee add --name Eve > "$OUT/added"
        mount -o remount,ro /mnt
        for folder in desk new; do
            code=0
            "$SERVEASE" --json --data-dir /mnt/$folder employee list \
                > "$OUT/$folder" 2> "$OUT/$folder.err" || code=$?
            echo $code > "$OUT/$folder.code"
        done
        mount -o remount,rw /mnt
        "$SERVEASE" --json --data-dir /mnt/desk employee list > "$OUT/again"
        "#,
        out.path(),
    );
    let out = out.path();
    for folder in ["desk", "new"] {
        assert_eq!(read(out, &format!("{folder}.code")).trim(), "1");
        let error = error_line(&read(out, &format!("{folder}.err")));
        assert_eq!(error["code"], "read_only", "{error}");
    }
    assert_eq!(json(out, "again")[0], json(out, "added"));
}

#[test]
fn a_folder_that_the_user_may_not_write_is_named() {
    // The superuser may write everywhere: then it is somebody else who tries.
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let everybody = |path: &Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    };
    let programs = TempDir::new().unwrap();
    let copy = programs.path().join("servease");
    fs::copy(program(), &copy).unwrap();
    everybody(programs.path(), 0o755);
    everybody(&copy, 0o755);

    let folder = Folder::new();
    let eve = folder.json(&["employee", "add", "--name", "Eve"]);
    everybody(&folder.database(), 0o444);
    everybody(&folder.path().join("servease.lock"), 0o444);
    everybody(folder.path(), 0o555);
    let below = folder.path().join("new");
    for place in [folder.path(), &below] {
        let mut command = Command::new(&copy);
        command
            .arg("--data-dir")
            .arg(place)
            .args(["--json", "employee", "list"])
            .env_remove("RUST_LOG");
        if is_root {
            command.uid(65_534).gid(65_534);
        }
        let output = run(command, "");
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(
            error_line(&err(&output))["code"],
            "read_only",
            "{}",
            err(&output)
        );
    }
    everybody(folder.path(), 0o755);
    everybody(&folder.database(), 0o644);
    everybody(&folder.path().join("servease.lock"), 0o644);
    assert_eq!(folder.json(&["employee", "list"])[0], eve);
}
