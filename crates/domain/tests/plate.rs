//! Plates are compared without their decoration.

use proptest::prelude::*;
use servease_domain::plate::{key, look_alike, readings};

#[test]
fn spacing_dashes_and_case_do_not_distinguish_plates() {
    for plate in [
        "B-XY 1234",
        "b xy1234",
        " B·XY–1234 ",
        "B\u{2011}XY\u{a0}1234",
        "B.XY.1234",
        "Ｂ－ＸＹ　１２３４",
    ] {
        assert_eq!(key(plate), "bxy1234", "{plate:?}");
    }
}

#[test]
fn national_letters_survive() {
    assert_eq!(key("GÖ-AB 12"), "goab12");
    assert_eq!(key("品川 300 あ 12-34"), "品川300ア1234");
    assert_eq!(key("京A·12345"), "京a12345");
    assert_eq!(key("Ж123ВС 77"), "ж123bc77");
}

#[test]
fn letters_of_one_shape_are_one_letter() {
    for (plate, latin) in [
        ("А123ВС 77", "A123BC 77"),
        ("ΙΜΕ-1234", "IME-1234"),
        ("АА 0001 ІІ", "AA 0001 II"),
        ("ХКР 55", "XKP 55"),
        ("ΧΡΗ 2040", "XPH 2040"),
    ] {
        assert_eq!(key(plate), key(latin), "{plate}");
    }
}

#[test]
fn o_and_zero_are_read_one_for_the_other() {
    assert_ne!(key("B-O 12"), key("B-0 12"));
    assert_eq!(look_alike(&key("B-O 12")), look_alike(&key("B-0 I2")));
    let all = readings(&key("BO 10"));
    assert_eq!(all[0], "bo10");
    assert_eq!(all.len(), 8);
    assert!(all.contains(&"b0io".to_owned()));
    // More doubt than this and only the plate itself is compared.
    assert_eq!(readings("o0o0o0o"), ["o0o0o0o"]);
}

#[test]
fn a_blank_plate_has_an_empty_key() {
    assert_eq!(key(""), "");
    assert_eq!(key(" - . "), "");
}

proptest! {
    #[test]
    fn a_key_is_its_own_key_and_holds_no_space(plate in "\\PC{0,20}") {
        let once = key(&plate);
        prop_assert!(!once.contains(char::is_whitespace));
        prop_assert_eq!(key(&once), once);
    }

    #[test]
    fn separators_anywhere_change_nothing(plate in "[A-Z0-9]{1,10}", at in 0usize..10, gap in "[ .–-]{1,3}") {
        let at = at.min(plate.len());
        let spread = format!("{}{gap}{}", &plate[..at], &plate[at..]);
        prop_assert_eq!(key(&spread), key(&plate));
    }
}
