//! Backups put back, folders copied, PCs cloned.

use serde_json::json;
use servease_domain::EntityKind;
use servease_tests::processes::{Company, Contents, Desk};

#[test]
fn central_restored_from_yesterdays_backup_gets_back_what_it_lost() {
    let mut company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    let backup = company.site.beside("yesterday.tar.zst");
    company.site.backup(&backup);

    // Today.
    front.set("customer", &bo, "city=Troy");
    let cy = back.customer("Cy", "Moss");
    let vehicle = back.focus(&cy);
    company.settle(&[&front, &back]);
    let note = front.note(&cy, "Key");
    back.json(&["vehicle", "mileage", &vehicle, "41000"]);
    company.settle(&[&front, &back]);
    let today = Contents::of(&company.site.database());
    // Not synced when it happened.
    front.set("customer", &cy, "city=Rome");
    company.restore_central(&backup);
    assert_eq!(
        Contents::of(&company.site.database()).count(EntityKind::Customer),
        1
    );

    company.settle(&[&front, &back]);
    let after = Contents::of(&company.site.database());
    for kind in EntityKind::ALL {
        assert_eq!(after.count(kind), today.count(kind), "{}", kind.name());
    }
    for desk in [&front, &back] {
        assert_eq!(desk.show("customer", &bo)["city"], "Troy");
        assert_eq!(desk.show("customer", &cy)["city"], "Rome");
        assert_eq!(desk.show("vehicle", &vehicle)["current_mileage"], 41_000);
        let notes = desk.json(&["note", "list", "--customer", &cy]);
        assert_eq!(notes[0]["id"], note.as_str());
        assert_eq!(desk.json(&["conflicts", "list"]), json!([]));
        assert_eq!(desk.status()["waiting"], 0);
    }
}

#[test]
fn one_desk_alone_brings_back_what_others_had_made() {
    let mut company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let backup = company.site.beside("yesterday.tar.zst");
    company.site.backup(&backup);
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    company.restore_central(&backup);
    // The desk that made it never comes back.
    drop(front);
    back.sync();
    let third = company.desk();
    company.settle(&[&back, &third]);
    assert_eq!(third.show("customer", &bo)["first_name"], "Bo");
}

#[test]
fn work_after_the_restore_and_what_was_lost_come_together() {
    let mut company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    let backup = company.site.beside("yesterday.tar.zst");
    company.site.backup(&backup);
    front.set("customer", &bo, "city=Troy");
    front.sync();
    company.restore_central(&backup);
    // This desk had not seen the lost change, and goes first.
    back.set("customer", &bo, "company_name=Diaz Cabs");
    back.customer("Cy", "Moss");
    back.sync();
    company.settle(&[&front, &back]);
    let shown = back.show("customer", &bo);
    assert_eq!(
        (&shown["city"], &shown["company_name"]),
        (&json!("Troy"), &json!("Diaz Cabs"))
    );
    assert_eq!(front.json(&["customer", "list"])["count"], 2);
}

#[test]
fn a_desk_put_back_from_a_copy_gets_back_what_it_had_sent() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    let copy = front.copy_folder();
    front.set("customer", &bo, "city=Troy");
    let note = front.note(&bo, "Key");
    front.sync();
    back.set("customer", &bo, "company_name=Diaz Cabs");
    back.sync();

    front.put_back(copy.path());
    assert_eq!(front.show("customer", &bo)["city"], "");
    // New work on the old state.
    front.set("customer", &bo, "business_tax_id=NY 1");
    company.settle(&[&front, &back]);
    for desk in [&front, &back] {
        let shown = desk.show("customer", &bo);
        assert_eq!(shown["city"], "Troy");
        assert_eq!(shown["company_name"], "Diaz Cabs");
        assert_eq!(shown["business_tax_id"], "NY 1");
        let notes = desk.json(&["note", "list", "--customer", &bo]);
        assert_eq!(notes[0]["id"], note.as_str());
    }
}

#[test]
fn a_copy_with_edits_that_were_sent_since_does_not_repeat_them() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.customer("Bo", "Diaz");
    front.sync();
    front.set("customer", &bo, "city=Troy");
    // The copy still has the edit in its outbox.
    let copy = front.copy_folder();
    front.sync();
    back.sync();
    back.set("customer", &bo, "city=Rome");
    back.sync();
    front.put_back(copy.path());
    company.settle(&[&front, &back]);
    assert_eq!(front.show("customer", &bo)["city"], "Rome");
    assert_eq!(front.json(&["conflicts", "list"]), json!([]));
}

#[test]
fn a_cloned_pc_and_its_original_both_go_on() {
    let company = Company::new();
    let front = company.desk();
    let bo = front.customer("Bo", "Diaz");
    front.sync();
    // One edit waits on the disk when it is cloned.
    front.set("customer", &bo, "city=Troy");
    let clone = front.cloned();
    // It is another PC: somebody signs in.
    company.sign_in(&clone);
    let desks: [&Desk; 2] = [&front, &clone];
    for round in 0..4 {
        front.note(&bo, &format!("front {round}"));
        clone.note(&bo, &format!("clone {round}"));
        front.set("customer", &bo, &format!("company_name=Cabs {round}"));
        for desk in desks {
            desk.sync();
        }
    }
    let cy = clone.customer("Cy", "Moss");
    company.settle(&desks);
    assert_eq!(front.show("customer", &cy)["last_name"], "Moss");
    assert_eq!(clone.show("customer", &bo)["company_name"], "Cabs 3");
    assert_eq!(clone.show("customer", &bo)["city"], "Troy");
    let contents = Contents::of(&company.site.database());
    assert_eq!(contents.count(EntityKind::Note), 8);
    assert_eq!(front.json(&["conflicts", "list"]), json!([]));
}

/// Runs something on the clone, which believes to lie where the original does, session and all.
fn on_the_clone<T>(original: &Desk, clone: &Desk, action: impl FnOnce(&Desk) -> T) -> T {
    let swap = || {
        for (one, other) in [
            (original.folder(), clone.folder()),
            (original.home(), clone.home()),
        ] {
            let aside = one.with_extension("aside");
            for (from, to) in [(&one, &aside), (&other, &one), (&aside, &other)] {
                std::fs::rename(from, to).unwrap();
            }
        }
    };
    swap();
    let done = action(original);
    swap();
    done
}

#[test]
fn a_clone_that_shares_the_session_loses_nothing_when_the_session_ends() {
    let company = Company::new();
    let front = company.desk();
    let bo = front.customer("Bo", "Diaz");
    front.sync();
    let clone = front.cloned();
    // At first one session serves both.
    on_the_clone(&front, &clone, |desk| {
        desk.note(&bo, "clone");
        desk.sync();
    });
    front.note(&bo, "front");
    front.sync();
    // The original renews it twice: what the clone holds looks stolen, and Central ends it.
    for _ in 0..2 {
        front.expire_access();
        front.sync();
    }
    on_the_clone(&front, &clone, |desk| {
        desk.note(&bo, "clone again");
        desk.expire_access();
        assert_eq!(desk.error(&["sync", "--once"])["code"], "signed_out");
        assert_eq!(desk.status()["waiting"], 1);
        company.sign_in(desk);
        desk.sync();
    });
    front.expire_access();
    front.note(&bo, "front again");
    assert_eq!(front.error(&["sync", "--once"])["code"], "signed_out");
    company.sign_in(&front);
    company.settle(&[&front]);
    on_the_clone(&front, &clone, |desk| company.settle(&[desk]));
    company.settle(&[&front]);
    let notes = front.json(&["note", "list", "--customer", &bo]);
    assert_eq!(notes.as_array().unwrap().len(), 4, "{notes}");
}

#[test]
fn a_copied_folder_does_not_carry_its_key() {
    let company = Company::new();
    let front = company.desk();
    front.customer("Bo", "Diaz");
    front.sync();
    // Somebody takes the folder along, without the home of the user.
    let thief = Desk::new();
    thief.put_back(front.copy_folder().path());
    assert_eq!(thief.error(&["sync", "--once"])["code"], "signed_out");
    // On the same PC in another place it has none either.
    let moved = Desk::new();
    moved.put_back(front.copy_folder().path());
    let mut command = moved.command(&["--json", "sync", "--once"]);
    command.env("HOME", front.home());
    let output = command.output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("signed_out"), "{said}");
    // And nothing in the folder looks like a token.
    for entry in std::fs::read_dir(front.folder()).unwrap().flatten() {
        if let Ok(bytes) = std::fs::read(entry.path()) {
            let found = bytes.windows(6).any(|part| part == b"eyJhbG");
            assert!(!found, "a token lies in {}", entry.path().display());
        }
    }
}
