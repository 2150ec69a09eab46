//! A disk that is full in the middle of taking changes in.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use servease_tests::processes::{
    Company, Contents, Desk, EMAIL, PASSWORD, differences, error_line,
};
use servease_tests::programs::cli_program;

/// Runs a shell script that may mount. The superuser needs a mount namespace for that,
/// everybody else a user namespace too; so does a superuser in a container.
#[track_caller]
fn in_own_mounts(desk: &Desk, script: &str, variables: &[(&str, &str)]) {
    let mut tried = String::new();
    for flags in ["-m", "-rm"] {
        let allowed = Command::new("unshare")
            .args([flags, "sh", "-c", "mount -t tmpfs none /mnt"])
            .output()
            .unwrap();
        if !allowed.status.success() {
            tried.push_str(&String::from_utf8_lossy(&allowed.stderr));
            continue;
        }
        let mut command = Command::new("unshare");
        command.args([flags, "sh", "-euc", script]);
        desk.settle_environment(&mut command);
        command
            .env("SERVEASE", cli_program())
            .envs(variables.iter().copied());
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        return;
    }
    panic!("no file system can be mounted here, so a full disk cannot be tested: {tried}");
}

fn read(out: &Path, name: &str) -> String {
    fs::read_to_string(out.join(name)).unwrap()
}

#[test]
fn a_disk_that_is_full_in_the_middle_of_a_pull_loses_nothing() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    // It has begun already, so that it takes in changes and no ready file.
    back.customer("Al", "Fin");
    back.sync();
    front.json(&["demo", "--customers", "400"]);
    front.sync();

    // Its data folder comes to lie on a small disk, its home elsewhere.
    let out = tempfile::TempDir::new().unwrap();
    in_own_mounts(
        &back,
        r#"
        mount -t tmpfs -o size=2m none /mnt
        cp -r "$FOLDER" /mnt/desk
        servease() { "$SERVEASE" --json --data-dir /mnt/desk "$@"; }
        echo "$PASSWORD" | servease login --server "$SERVER" --email "$EMAIL" > /dev/null
        echo '{"first_name": "Kim", "last_name": "Lee", "phone": "2125550142"}' \
            | servease customer add --from - > "$OUT/added"
        code=0
        servease sync --once > "$OUT/full" 2> "$OUT/full.err" || code=$?
        echo $code > "$OUT/full.code"
        servease sync status > "$OUT/full.status"
        # Again, still full.
        code=0
        servease sync --once > /dev/null 2> "$OUT/again.err" || code=$?
        echo $code > "$OUT/again.code"

        # Somebody makes room.
        mount -o remount,size=64m /mnt
        servease doctor > "$OUT/doctor"
        servease sync --once > "$OUT/synced"
        servease doctor > "$OUT/doctor2"
        cp -r /mnt/desk "$OUT/desk"
        "#,
        &[
            ("SERVER", &company.proxy.url()),
            ("EMAIL", EMAIL),
            ("PASSWORD", PASSWORD),
            ("OUT", out.path().to_str().unwrap()),
            ("FOLDER", back.folder().to_str().unwrap()),
        ],
    );
    let out = out.path();
    let json = |name: &str| -> Json { serde_json::from_str(&read(out, name)).unwrap() };
    for attempt in ["full", "again"] {
        assert_eq!(
            read(out, &format!("{attempt}.code")).trim(),
            "1",
            "{attempt}"
        );
        let error = error_line(&read(out, &format!("{attempt}.err")));
        assert_eq!(error["code"], "disk_full", "{error}");
    }
    // It was in the middle: something had come in, and not all.
    let began = back.status()["cursor"].as_i64().unwrap();
    let cursor = json("full.status")["cursor"].as_i64().unwrap();
    let end = json("synced")["cursor"].as_i64().unwrap();
    assert!(began < cursor && cursor < end, "{began}, {cursor}, {end}");
    for name in ["doctor", "doctor2"] {
        assert_eq!(json(name)["ok"], true);
    }
    assert_eq!(json("synced")["waiting"], 0);
    // Both have everything, and the other desk gets what was typed on the full disk.
    let central = Contents::of(&company.site.database());
    let found = differences(&central, &Contents::of(&out.join("desk/servease.db")));
    assert!(found.is_empty(), "{}", found.join("\n"));
    company.settle(&[&front]);
    let kim = json("added")["id"].as_str().unwrap().to_owned();
    assert_eq!(front.show("customer", &kim)["last_name"], "Lee");
}
