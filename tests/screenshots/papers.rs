//! Papers of the photographed garage.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use servease_tests::window::{Desk, cli_program};

use super::text;

/// Gives the customer papers; the ids of one to look at and of a sensitive one.
pub fn bring(desk: &Desk, data: &Path, customer: &str, vehicle: &str) -> (String, String) {
    let stick = tempfile::tempdir().expect("a temporary folder");
    let paper = |name: &str, words: &[&str]| -> String {
        let file = scan(stick.path(), name);
        let file = file.display().to_string();
        let base = ["document", "add", file.as_str(), "--customer", customer];
        let data = data.display().to_string();
        let all = [&["--json", "--data-dir", &data], &base[..], words].concat();
        // On the desk's own screen, where the key of the files lies.
        let said = desk.run_beside(&cli_program(), &all);
        let added: Value = serde_json::from_slice(&said.stdout).expect("JSON");
        text(&added, "id").to_owned()
    };
    let of_car = ["--vehicle", vehicle, "--expires"];
    let insurance = [&of_car[..], &["2026-12-05", "--type", "insurance"]].concat();
    let shown = paper("Insurance policy.png", &insurance);
    let registration = [&of_car[..], &["2026-10-31", "--type", "registration"]].concat();
    paper("Registration.jpg", &registration);
    let warranty = [&of_car[..], &["2029-04-30", "--type", "warranty"]].concat();
    paper("Extended warranty.png", &warranty);
    let sensitive = paper(
        "Driving license front.jpg",
        &[
            "--type",
            "license",
            "--sensitive",
            "--expires",
            "2031-06-30",
        ],
    );
    paper("Invoice 4711.png", &["--vehicle", vehicle]);
    (shown, sensitive)
}

/// A page that looks scanned.
fn scan(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let title = name.split('.').next().unwrap_or(name);
    let lines = "Policy holder\\nNumber 00-4711-2026\\nValid from January 1\\n\\nThis certifies \
                 that the vehicle\\nnamed above is covered.";
    let drawn = Command::new("convert")
        .args(["-size", "1240x1754", "xc:#fdfcf8", "-fill", "#20304a"])
        .args([
            "-font",
            "DejaVu-Sans",
            "-pointsize",
            "64",
            "-annotate",
            "+120+220",
            title,
        ])
        .args(["-pointsize", "36", "-annotate", "+120+360", lines])
        .args(["-fill", "none", "-stroke", "#7a8ba8", "-strokewidth", "3"])
        .args(["-draw", "rectangle 90,90 1150,1660"])
        .arg(&path)
        .status();
    assert!(drawn.is_ok_and(|it| it.success()), "convert (imagemagick)");
    path
}
