//! Papers, by hand: chosen in the system's dialog, dropped, pasted and scanned; looked at, copied,
//! printed, renewed.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rxing::pdf417::PDF417Writer;
use rxing::{BarcodeFormat, Writer as _};
use serde_json::{Value, json};
use servease_tests::plain::find_plain;
use servease_tests::window::{Desk, Role, cli_program, run_cli};

use crate::garage::{Garage, go_to};

const CHOOSE: &str = "Choose documents";

/// A folder with files that somebody brings in.
struct Stick(tempfile::TempDir);

impl Stick {
    fn new() -> Stick {
        Stick(tempfile::tempdir().expect("a temporary folder"))
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).expect("a file");
        path
    }

    fn picture(&self, name: &str) -> PathBuf {
        let path = self.0.path().join(name);
        let drawn = Command::new("convert")
            .args(["-size", "600x400", "gradient:steelblue-white"])
            .arg(&path)
            .status();
        assert!(drawn.is_ok_and(|it| it.success()), "convert (imagemagick)");
        path
    }

    /// The back of a driving licence.
    fn licence(&self, name: &str) -> PathBuf {
        let code = "@\n\u{1e}\rANSI 636023080102DL00410278DLDAQSX123456\nDCSO'BRIEN\nDACMARY\n\
            DDEN\nDBA05032031\nDAG2300 W BROAD ST\nDAICOLUMBUS\nDAJOH\nDAK432150000\nDCGUSA\r";
        let printed = PDF417Writer.encode(code, &BarcodeFormat::PDF_417, 900, 300);
        let printed = printed.expect("a code");
        let (width, height) = (printed.getWidth(), printed.getHeight());
        let mut gray = format!("P5 {width} {height} 255\n").into_bytes();
        for y in 0..height {
            gray.extend((0..width).map(|x| if printed.get(x, y) { 0 } else { 255 }));
        }
        let drawing = self.file("licence.pgm", &gray);
        let path = self.0.path().join(name);
        let drawn = Command::new("convert").arg(&drawing).arg(&path).status();
        assert!(drawn.is_ok_and(|it| it.success()), "convert (imagemagick)");
        fs::remove_file(drawing).expect("a file");
        path
    }

    /// Two pages with a word on each.
    fn pdf(&self, name: &str) -> PathBuf {
        let page = |text: &str| {
            let marks = format!("BT /F 48 Tf 72 700 Td ({text}) Tj ET");
            format!("<</Length {}>>\nstream\n{marks}\nendstream", marks.len())
        };
        let leaf = |content: usize| {
            format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {content} 0 R\
                 /Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
            )
        };
        let objects = [
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]>>".to_owned(),
            leaf(5),
            leaf(6),
            page("Insurance policy"),
            page("Conditions"),
        ];
        let mut text = b"%PDF-1.4\n".to_vec();
        let mut places = Vec::new();
        for (index, object) in objects.iter().enumerate() {
            places.push(text.len());
            writeln!(text, "{} 0 obj\n{object}\nendobj", index + 1).expect("memory");
        }
        let table = text.len();
        writeln!(text, "xref\n0 7\n0000000000 65535 f ").expect("memory");
        for place in places {
            writeln!(text, "{place:010} 00000 n ").expect("memory");
        }
        writeln!(
            text,
            "trailer\n<</Size 7/Root 1 0 R>>\nstartxref\n{table}\n%%EOF"
        )
        .expect("memory");
        self.file(name, &text)
    }
}

/// Takes a file in on the command line, on the desk's own screen, where its key lies; its id.
fn add(desk: &Desk, garage: &Garage, file: &Path, more: &[&str]) -> String {
    let file = file.display().to_string();
    let customer = &garage.customer;
    let words = ["document", "add", file.as_str(), "--customer", customer];
    let added = beside(desk, garage, &[&words[..], more].concat());
    added["id"].as_str().expect("an id").to_owned()
}

fn beside(desk: &Desk, garage: &Garage, words: &[&str]) -> Value {
    let folder = garage.path().display().to_string();
    let all = [&["--json", "--data-dir", &folder], words].concat();
    let said = desk.run_beside(&cli_program(), &all);
    serde_json::from_slice(&said.stdout).expect("JSON")
}

async fn open_card(desk: &Desk, garage: &Garage) {
    go_to(desk, &format!("/customers/{}", garage.customer)).await;
    desk.see(Role::Heading, "Ada Byron").await;
    desk.see(Role::Heading, "Documents").await;
}

/// Waits until the first picture with that selector stands there, with pixels.
async fn see_picture(desk: &Desk, selector: &str) {
    desk.wait_for(&format!("a picture {selector}"), || async {
        let wide: i64 = desk
            .script(
                "const it = document.querySelector(arguments[0]);
                 return it?.complete ? it.naturalWidth : 0",
                vec![json!(selector)],
            )
            .await;
        (wide > 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn files_are_chosen_in_the_systems_dialog_kept_and_looked_at() {
    let garage = Garage::new();
    let stick = Stick::new();
    let policy = stick.pdf("Insurance policy.pdf");
    let mut desk = garage.open().await;
    open_card(&desk, &garage).await;
    desk.press("P").await;
    desk.choose_in(CHOOSE, &policy).await;
    desk.see(Role::Dialog, "Add documents").await;
    see_picture(&desk, "[role=dialog] img").await;
    desk.fill(Role::Textbox, "Valid until", "12/31/2027").await;
    desk.assert_accessible("a file on its way in").await;
    desk.press("Ctrl+Enter").await;
    desk.see_no(Role::Dialog, "Add documents").await;
    desk.see_text("“Insurance policy” added").await;
    see_picture(&desk, "main img").await;

    // The date became the car's as well, which is the only one.
    let car = garage.shown("vehicle", &garage.vehicle);
    assert_eq!(car["insurance_expiry_date"], "2027-12-31");

    desk.click(Role::Button, "Insurance policy").await;
    desk.see(Role::Heading, "Insurance policy").await;
    see_picture(&desk, "img[alt='Page 1 of 2']").await;
    desk.see_text("Looked at").await;
    desk.see_text("Grace Hopper").await;
    for (key, zoom) in [("+", "125%"), ("-", "100%"), ("-", "80%"), ("0", "100%")] {
        desk.press(key).await;
        desk.see_text(zoom).await;
    }
    desk.press("R").await;
    see_picture(&desk, "img[style*='rotate(90deg)']").await;
    desk.assert_accessible("a paper").await;

    desk.press("Escape").await;
    desk.see(Role::Heading, "Ada Byron").await;
    desk.press("Ctrl+Z").await;
    desk.see_text("No documents yet").await;
    desk.close().await;
}

#[tokio::test]
async fn a_bad_file_is_refused_in_words() {
    let garage = Garage::new();
    let stick = Stick::new();
    let page = stick.file("offer.pdf", b"<!doctype html><h1>Hello</h1>");
    let mut desk = garage.open().await;
    open_card(&desk, &garage).await;
    desk.press("P").await;
    desk.choose_in(CHOOSE, &page).await;
    desk.see_text("Not added: offer.pdf").await;
    desk.see_no(Role::Dialog, "Add documents").await;
    desk.close().await;
}

#[tokio::test]
async fn a_sensitive_paper_is_masked_until_somebody_asks() {
    let garage = Garage::new();
    let stick = Stick::new();
    let licence = stick.picture("Driving licence.png");
    let mut desk = garage.open().await;
    let id = add(&desk, &garage, &licence, &["--sensitive"]);
    open_card(&desk, &garage).await;
    let row = desk.see(Role::Button, "Driving licence").await;
    let pictures = row.find_all(thirtyfour::By::Css("img")).await;
    assert!(pictures.expect("a row").is_empty());
    go_to(&desk, &format!("/documents/{id}")).await;
    desk.see_text("Every look is written down").await;
    desk.see_no_text("Who looked at it").await;
    desk.press("V").await;
    see_picture(&desk, "img[alt='Page 1 of 1']").await;
    desk.see_text("Who looked at it").await;
    desk.press("H").await;
    desk.see(Role::Dialog, "History").await;
    desk.press("Escape").await;
    desk.see_no(Role::Dialog, "History").await;
    desk.press("?").await;
    desk.see(Role::Dialog, "Shortcuts").await;
    desk.see_text("Rotate").await;
    desk.close().await;
}

#[tokio::test]
async fn a_copy_is_saved_opened_and_printed_and_nothing_readable_is_left() {
    let garage = Garage::new();
    let stick = Stick::new();
    let policy = stick.pdf("Policy.pdf");
    let mut desk = garage.open().await;
    let id = add(&desk, &garage, &policy, &["--type", "insurance"]);
    go_to(&desk, &format!("/documents/{id}")).await;
    see_picture(&desk, "img[alt='Page 1 of 2']").await;

    let copy = stick.0.path().join("copy.pdf");
    desk.press("S").await;
    desk.choose_in("Save a copy", &copy).await;
    desk.see_text("Copy saved").await;
    assert_eq!(fs::read(&copy).ok(), fs::read(&policy).ok());

    desk.press("O").await;
    desk.see_text("Opened outside").await;
    let opened = garage.path().join("opened");
    desk.wait_for("a readable copy", || async {
        fs::read_dir(&opened)
            .is_ok_and(|it| it.count() == 1)
            .then_some(())
    })
    .await;

    desk.press("Ctrl+P").await;
    desk.see_window("Print").await;
    desk.press_in("Print", "Escape");
    desk.see_no_window("Print").await;
    desk.see_text("Printed").await;

    desk.close().await;
    assert!(!opened.exists(), "readable copies are left");
}

#[tokio::test]
async fn what_was_shown_small_and_large_lies_nowhere_in_the_data_folder() {
    let garage = Garage::new();
    let stick = Stick::new();
    let picture = stick.picture("Damage.png");
    let mut desk = garage.open().await;
    let id = add(&desk, &garage, &picture, &["--type", "other"]);
    open_card(&desk, &garage).await;
    see_picture(&desk, "main img").await;
    go_to(&desk, &format!("/documents/{id}")).await;
    see_picture(&desk, "img[alt='Page 1 of 1']").await;
    // Whatever it would have put away at its end is there as well where it has none.
    desk.kill().await;
    let content = fs::read(&picture).expect("the picture");
    assert_eq!(
        find_plain(garage.path(), &content),
        Vec::<PathBuf>::new(),
        "readable pieces"
    );
    assert_eq!(find_plain(stick.0.path(), &content), vec![picture]);
}

#[tokio::test]
async fn files_are_dropped_onto_a_customer() {
    let garage = Garage::new();
    let stick = Stick::new();
    let files = [
        stick.picture("Registration.png"),
        stick.pdf("Invoice.pdf"),
        stick.file("empty.txt", b""),
    ];
    let names: Vec<String> = files.iter().map(|it| it.display().to_string()).collect();
    let mut words = vec!["drag", "1500", "100"];
    words.extend(names.iter().map(String::as_str));
    let mut desk = garage.open().await;
    open_card(&desk, &garage).await;
    let hand = Path::new(env!("CARGO_BIN_EXE_servease-hand"));
    let _hand = desk.start_beside(hand, &words);
    desk.see_window("Hand").await;
    desk.drag((1560, 160), (600, 500));
    desk.see(Role::Dialog, "Add documents").await;
    desk.see_text("Not added: empty.txt").await;
    desk.see_text("Registration.png").await;
    desk.see_text("Invoice.pdf").await;
    desk.press("Ctrl+Enter").await;
    desk.see_no(Role::Dialog, "Add documents").await;
    desk.see(Role::Button, "Registration").await;
    desk.see(Role::Button, "Invoice").await;
    // They were kept in one step: one press takes all of them back.
    desk.click(Role::Button, "Undo").await;
    desk.see_no(Role::Button, "Registration").await;
    desk.see_no(Role::Button, "Invoice").await;
    desk.close().await;
}

#[tokio::test]
async fn a_picture_is_pasted_onto_a_customer() {
    let garage = Garage::new();
    let stick = Stick::new();
    let picture = stick.picture("shot.png").display().to_string();
    let mut desk = garage.open().await;
    open_card(&desk, &garage).await;
    let hand = Path::new(env!("CARGO_BIN_EXE_servease-hand"));
    let _hand = desk.start_beside(hand, &["copy", &picture]);
    // Until the other program has it, there is nothing to paste.
    desk.wait_for("a pasted picture", || async {
        desk.press_key("ctrl+v");
        let sheet = desk.find(Role::Dialog, "Add documents").await;
        sheet.map(|_| ())
    })
    .await;
    see_picture(&desk, "[role=dialog] img").await;
    desk.see_text("Pasted picture.png").await;
    desk.close().await;
}

#[tokio::test]
async fn a_scan_waits_and_is_given_to_a_customer_with_two_keys() {
    let garage = Garage::new();
    let stick = Stick::new();
    let folder = stick.0.path().display().to_string();
    let setting = format!("scan_folder={folder}");
    run_cli(garage.path(), &["settings", "set", &setting]);
    let mut desk = garage.open().await;
    open_card(&desk, &garage).await;
    let scan = stick.pdf("invoice 0001.pdf");
    desk.see(Role::Button, "Take the scan").await;
    desk.press("I").await;
    desk.see(Role::Dialog, "Add documents").await;
    desk.press("Ctrl+Enter").await;
    desk.see(Role::Button, "invoice 0001").await;
    desk.see_no(Role::Button, "Take the scan").await;
    desk.wait_for("an empty folder", || async {
        (!scan.exists()).then_some(())
    })
    .await;
    desk.close().await;
}

#[tokio::test]
async fn a_paper_is_renewed_and_the_page_of_all_finds_both() {
    let garage = Garage::new();
    let stick = Stick::new();
    let old = stick.pdf("Green card.pdf");
    let details = ["--type", "insurance", "--expires", "2020-01-31"];
    let new = stick.picture("next.png");
    let mut desk = garage.open().await;
    let id = add(&desk, &garage, &old, &details);
    go_to(&desk, "/documents").await;
    desk.see(Role::Heading, "Documents").await;
    desk.see_text("1 document").await;
    desk.click(Role::Radio, "Expiring").await;
    desk.see_text("Green card").await;
    go_to(&desk, &format!("/documents/{id}")).await;
    desk.press("N").await;
    desk.choose_in(CHOOSE, &new).await;
    desk.see(Role::Dialog, "Renew “Green card”").await;
    desk.fill(Role::Textbox, "Valid until", "1/31/2030").await;
    desk.press("Ctrl+Enter").await;
    desk.see_text("“Green card” renewed").await;
    desk.see_text("Renewed by").await;
    go_to(&desk, "/documents").await;
    desk.see_text("2 documents").await;
    desk.assert_accessible("all papers").await;
    desk.fill(Role::Textbox, "Title, customer, plate", "byron green")
        .await;
    desk.see_text("2 documents").await;
    desk.click(Role::Radio, "Missing").await;
    desk.see_text("Registration").await;
    desk.assert_accessible("missing papers").await;
    desk.close().await;
}

#[tokio::test]
async fn the_recovery_code_is_shown_when_somebody_agrees() {
    let garage = Garage::new();
    let stick = Stick::new();
    let mut desk = garage.open().await;
    add(&desk, &garage, &stick.pdf("a.pdf"), &["--type", "other"]);
    let code = beside(&desk, &garage, &["document", "recovery-code", "--confirm"]);
    let code = code["recovery_code"].as_str().expect("words");
    go_to(&desk, "/settings").await;
    desk.click(Role::Button, "Show the recovery code").await;
    desk.see_text("These words open every document").await;
    // As a list: any one of the words may stand on the page for a reason of its own.
    let words = code.replace(' ', "\n");
    desk.see_no_text(&words).await;
    desk.click(Role::Button, "Show").await;
    desk.see_text(&words).await;
    desk.assert_accessible("the recovery code").await;
    desk.click(Role::Button, "Hide").await;
    desk.fill(Role::Textbox, "Recovery code", "abandon abandon")
        .await;
    desk.click(Role::Button, "Restore").await;
    desk.see_text("A recovery code has twelve words; these are 2")
        .await;
    desk.fill(Role::Textbox, "Recovery code", code).await;
    desk.click(Role::Button, "Restore").await;
    desk.see_text("The documents can be opened again").await;
    desk.close().await;
}

#[tokio::test]
async fn a_scanned_licence_proposes_its_holder_and_waits_until_they_are_there() {
    let garage = Garage::new();
    let stick = Stick::new();
    stick.licence("licence.png");
    let setting = format!("scan_folder={}", stick.0.path().display());
    run_cli(garage.path(), &["settings", "set", &setting]);
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, "/documents").await;
    desk.click(Role::Radio, "Scans").await;
    desk.click(Role::Button, "licence.png").await;
    desk.see(Role::Dialog, "Add documents").await;
    desk.see_text("The licence says: Mary O'Brien, 2300 W Broad St, Columbus OH")
        .await;
    desk.assert_accessible("a licence on its way in").await;
    desk.click(Role::Button, "New customer").await;
    desk.see(Role::Textbox, "First name").await;
    assert_eq!(desk.value(Role::Textbox, "First name").await, "Mary");
    desk.fill(Role::Textbox, "Phone", "(614) 555-0177").await;
    desk.press("Enter").await;
    desk.see(Role::Heading, "Mary O'Brien").await;
    // The file was put away meanwhile, and goes on where it was.
    desk.see(Role::Dialog, "Add documents").await;
    desk.see_text("The licence says: Mary O'Brien").await;
    desk.press("Ctrl+Enter").await;
    desk.see_no(Role::Dialog, "Add documents").await;
    desk.see(Role::Button, "licence").await;
    let papers = desk.cli(&["--json", "document", "list"]);
    assert!(papers.contains("2031-05-03"), "{papers}");
    desk.close().await;
}
