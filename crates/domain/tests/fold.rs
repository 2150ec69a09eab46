//! What is stored and what is typed must meet in one folded form.

use proptest::prelude::*;
use servease_domain::fold::{
    MAX_TOKEN_CHARS, fold, is_cjk, key, name_tokens, suffixes, tokens, words,
};
use servease_domain::phone::sought;
use servease_domain::plain::ascii_digit;
use servease_domain::query::Query;

/// How the index is used: some token begins with the word.
fn finds(index: &[String], typed: &str) -> bool {
    Query::parse(typed).is_some_and(|query| {
        query
            .words
            .iter()
            .all(|word| index.iter().any(|token| token.starts_with(word.as_str())))
    })
}

#[test]
fn accents_and_undecomposed_letters_are_typed_plainly() {
    for (text, folded) in [
        ("Müller", "muller"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Søren Ærø", "soren aero"),
        ("Straße", "strasse"),
        ("STRAẞE", "strasse"),
        ("Đorđe", "dorde"),
        ("Œuvre", "oeuvre"),
        ("Guðrún Þór", "gudrun thor"),
        ("İstanbul Işık", "istanbul isik"),
        ("ŠKODA Citroën", "skoda citroen"),
        ("Nguyễn Thị Ưu", "nguyen thi uu"),
        ("Ёлкин Андрей", "елкин андреи"),
        ("Γιώργος ΓΙΏΡΓΟΣ", "γιωργοσ γιωργοσ"),
        ("ﬁne Ⅷ ½", "fine viii 12"),
    ] {
        assert_eq!(fold(text), folded);
    }
}

#[test]
fn punctuation_goes_and_white_space_becomes_one_space() {
    assert_eq!(fold("O'Brien-Smith"), "obriensmith");
    assert_eq!(fold("O´Brien O’Brien OʼBrien"), "obrien obrien obrien");
    assert_eq!(fold("  a\t\n b\u{a0}\u{3000}c  "), "a b c");
    assert_eq!(fold("B-XY 123.4"), "bxy 1234");
    assert_eq!(
        fold("soft\u{ad}hyphen zero\u{200b}width"),
        "softhyphen zerowidth"
    );
}

#[test]
fn blank_text_and_bare_punctuation_fold_to_nothing() {
    for blank in [
        "", "   ", "\t\n", "---", "'", "\u{200b}", "\u{3000}", "\u{3164}", "´",
    ] {
        assert_eq!(fold(blank), "", "{blank:?}");
        assert!(words(blank).is_empty());
        assert!(tokens(blank).is_empty());
        assert!(suffixes(blank).is_empty());
        assert_eq!(Query::parse(blank), None);
    }
    assert!(name_tokens("", " ").is_empty());
}

#[test]
fn cjk_keeps_its_syllables_and_voicing_marks() {
    assert_eq!(fold("김철수"), "김철수");
    assert_eq!(fold("がぎぐ ガギグ パ"), "ガギグ ガギグ パ");
    assert_eq!(fold("か\u{3099}"), "ガ");
    assert_eq!(fold("ﾔﾏﾀﾞ ﾊﾟ"), "ヤマダ パ");
    assert_eq!(fold("ＡＢＣ　１２３"), "abc 123");
    assert_eq!(fold("佐々木 スーパー"), "佐々木 スーパー");
    assert_eq!(fold("㈱トヨタ"), "株トヨタ");
    assert_eq!(fold("हिन्दी"), "हिन्दी");
    assert_eq!(fold("١٢٣ ４５"), "123 45");
    // Hebrew and Arabic are typed without their points.
    assert_eq!(fold("שָׁלוֹם"), fold("שלום"));
    assert_eq!(fold("مُحَمَّد"), fold("محمد"));
}

#[test]
fn every_character_folds_to_a_fixed_point() {
    for character in '\0'..=char::MAX {
        let once = fold(&character.to_string());
        assert_eq!(fold(&once), once, "U+{:04X}", u32::from(character));
        assert_eq!(once, once.trim());
    }
}

#[test]
fn words_lose_their_punctuation_whole() {
    assert_eq!(words("O'Brien - Smith, Anna"), ["obrien", "smith", "anna"]);
}

#[test]
fn tokens_hold_the_whole_its_ends_and_its_parts() {
    assert_eq!(
        tokens("O'Brien-Smith"),
        ["obriensmith", "briensmith", "smith", "o", "brien"]
    );
    assert_eq!(
        tokens("max.muster@web.de"),
        [
            "maxmusterwebde",
            "musterwebde",
            "webde",
            "de",
            "max",
            "muster",
            "web"
        ]
    );
    assert_eq!(tokens("Anna anna ANNA"), ["anna"]);
}

#[test]
fn a_hyphenated_name_is_found_however_it_is_typed() {
    let index = tokens("Seán O'Brien-Smith");
    for typed in [
        "obrien",
        "o'brien",
        "O’BRIEN-SMITH",
        "brien",
        "smith",
        "brien-smith",
        "sean smi",
    ] {
        assert!(finds(&index, typed), "{typed}");
    }
    assert!(!finds(&index, "mith"));
}

#[test]
fn cjk_text_is_found_by_any_part() {
    let index = tokens("株式会社トヨタ自動車");
    for typed in ["株式会社", "トヨタ", "ﾄﾖﾀ", "自動車", "車"] {
        assert!(finds(&index, typed), "{typed}");
    }
}

#[test]
fn a_cjk_name_is_found_in_both_orders_spaced_or_not() {
    let index = name_tokens("太郎", "山田");
    for typed in [
        "山田太郎",
        "太郎山田",
        "山田 太郎",
        "太郎 山田",
        "山田　太郎",
        "田太",
        "郎山",
        "郎",
    ] {
        assert!(finds(&index, typed), "{typed}");
    }
    assert!(finds(&name_tokens("철수", "김"), "김철수"));
    assert!(finds(&name_tokens("수", "김 철"), "김철수"));
}

#[test]
fn a_name_of_several_words_is_found_unspaced() {
    let index = name_tokens("Ana María", "de la Cruz");
    for typed in ["delacruz", "de la cruz", "cruz ana", "anamaria"] {
        assert!(finds(&index, typed), "{typed}");
    }
}

#[test]
fn digraphs_and_the_letters_they_stand_for_find_each_other() {
    for (stored, typed) in [
        ("Müller", "mueller"),
        ("Mueller", "Müller"),
        ("Mueller", "muller"),
        ("Sören", "soeren"),
        ("Søren", "soeren"),
        ("Soeren", "Søren"),
        ("Håkon", "haakon"),
        ("Aage", "Åge"),
        ("Mærsk", "maersk"),
        ("MU\u{308}LLER", "mueller"),
    ] {
        assert!(finds(&tokens(stored), typed), "{typed} finds {stored}");
        assert_eq!(key(stored), key(typed));
    }
    // Nothing is lost where the letters are no digraph.
    for name in ["Samuel", "Michael", "Joel", "Isaac"] {
        assert!(finds(&tokens(name), name));
    }
}

#[test]
fn arabic_letters_that_people_do_not_tell_apart_are_one() {
    for (one, other) in [
        ("أحمد", "احمد"),
        ("إيمان", "ايمان"),
        ("فاطمة", "فاطمه"),
        ("على", "علي"),
        ("کریم", "كريم"),
    ] {
        assert_eq!(fold(one), fold(other), "{one}");
    }
}

#[test]
fn suffixes_run_from_the_whole_to_the_last_character() {
    assert_eq!(suffixes("B-XY 12"), ["bxy12", "xy12", "y12", "12", "2"]);
}

#[test]
fn a_word_of_very_many_parts_stays_small() {
    let word = "a-".repeat(20_000);
    assert_eq!(tokens(&word), ["a".repeat(MAX_TOKEN_CHARS), "a".to_owned()]);
}

#[test]
fn a_query_holds_words_and_their_join() {
    let query = Query::parse("  Müller  b-xy 12 ").expect("not blank");
    assert_eq!(query.words, ["muller", "bxy", "12"]);
    assert_eq!(query.pieces, ["mullerbxy12"]);
}

#[test]
fn phone_digits_are_part_of_the_stored_number() {
    for (typed, stored) in [
        ("0151 2345678", "491512345678"),
        ("+49 (0)151 2345678", "491512345678"),
        ("0049 151/2345678", "491512345678"),
        ("(415) 555-0134", "14155550134"),
        ("1-415-555-0134", "14155550134"),
        ("555.0134", "14155550134"),
        ("０３ １２３４ ５６７８", "81312345678"),
    ] {
        let digits = sought(typed, "");
        assert!(
            digits.iter().any(|it| stored.contains(it.as_str())),
            "{typed} gave {digits:?}"
        );
    }
}

#[test]
fn what_is_no_phone_number_gives_no_digits() {
    for typed in [
        "12",
        "0",
        "00",
        "000",
        "+",
        "B 1234",
        "1HGCM82633A004352",
        "1+234",
        "x151",
    ] {
        assert!(sought(typed, "").is_empty(), "{typed}");
    }
}

#[test]
fn decimal_digits_of_other_scripts_are_known() {
    assert_eq!(ascii_digit('7'), Some('7'));
    assert_eq!(ascii_digit('７'), Some('7'));
    assert_eq!(ascii_digit('٧'), Some('7'));
    assert_eq!(ascii_digit('७'), Some('7'));
    assert_eq!(ascii_digit('x'), None);
    assert_eq!(ascii_digit('²'), None);
}

#[test]
fn cjk_is_told_from_other_scripts() {
    assert!("漢かカ김ﾔ々〇𠮷".chars().all(is_cjk));
    assert!(!"aä1я、-".chars().any(is_cjk));
}

proptest! {
    #[test]
    fn folding_twice_changes_nothing(text in any::<String>()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn folded_words_are_the_words_of_the_folded(text in any::<String>()) {
        prop_assert_eq!(words(&text), words(&fold(&text)));
    }

    #[test]
    fn every_word_and_every_start_of_it_finds_its_text(text in "\\PC{0,40}", keep in 1usize..10) {
        let index = tokens(&text);
        for word in words(&text) {
            let start: String = word.chars().take(keep.min(MAX_TOKEN_CHARS)).collect();
            prop_assert!(index.iter().any(|token| token.starts_with(&start)), "{}", start);
        }
    }

    #[test]
    fn tokens_are_short_folded_unique_and_without_spaces(text in any::<String>()) {
        let index = tokens(&text);
        let mut unique = index.clone();
        unique.sort();
        unique.dedup();
        prop_assert_eq!(unique.len(), index.len());
        for token in index {
            prop_assert!(!token.is_empty() && token.chars().count() <= MAX_TOKEN_CHARS);
            prop_assert!(!token.contains(' '));
            prop_assert_eq!(fold(&token), token);
        }
    }

    #[test]
    fn any_part_of_a_number_begins_some_suffix(number in "[A-Z0-9]{1,17}", from in 0usize..17, length in 1usize..17) {
        let folded = fold(&number);
        let from = from.min(folded.len() - 1);
        let to = (from + length).min(folded.len());
        let part = &folded[from..to];
        prop_assert!(suffixes(&number).iter().any(|suffix| suffix.starts_with(part)));
    }

    #[test]
    fn any_input_parses_without_panic(text in any::<String>(), other in any::<String>()) {
        if let Some(query) = Query::parse(&text) {
            prop_assert!(!query.words.is_empty() && query.pieces.iter().all(|piece| !piece.is_empty()));
        }
        name_tokens(&text, &other);
        suffixes(&text);
    }
}
