//! Search folding: one form for what is stored and for what somebody types, so that `Ærø-Müller`
//! is found by `aero muller` and `ﾔﾏﾀﾞ` by `ヤマダ`.
//!
//! Text in, text out. What belongs here is the form of words; which column is searched, and how
//! hits are ranked, is decided where the index lives.

use std::collections::HashSet;

use crate::plain::{ascii_digit, is_unseen};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{
    canonical_combining_class, decompose_compatible, is_combining_mark,
};

/// Changes whenever a text may fold to another form than before: what is stored folded is made
/// again then.
pub const VERSION: &str = "2";

/// Longest token and query word, in characters. Longer ones are cut on both sides, so that they
/// still meet. 32 holds a VIN (17), a phone number (15) and nearly every name and e-mail part, and
/// keeps the suffixes of a long Japanese note at 32 × its length instead of its square.
pub const MAX_TOKEN_CHARS: usize = 32;

/// Words of more parts than this are not joined from each part on. The joins of n parts are n²/2
/// characters; an e-mail address has about 5 parts.
const MAX_JOINED_PARTS: usize = 16;

/// What one character is to the search.
#[derive(PartialEq)]
enum Class {
    /// It gave letters or digits.
    Word,
    /// It separates words.
    Space,
    /// It separates the parts of a word (`O'Brien`).
    Punctuation,
    /// It is an accent or invisible and separates nothing.
    Nothing,
}

/// The folded form of a text: lower case, no accents, no punctuation, words apart by one space.
///
/// Compatibility forms become plain ones (full-width letters, half-width kana, ligatures,
/// circled digits), decimal digits of other scripts become ASCII, and `ł ø đ ß æ œ ð þ ı` and
/// their kin, which Unicode does not decompose, become the letters they are typed as elsewhere.
/// Hiragana become katakana, and letters that Arabic keyboards tell apart and people do not, one.
/// Kana keep their voicing marks, Hangul its syllables, Indic and Thai their vowel signs.
/// Blank text and bare punctuation give an empty string. Folding twice changes nothing.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut space_pending = false;
    let mut letters = String::new();
    for character in text.chars() {
        letters.clear();
        match fold_character(character, &mut letters) {
            Class::Word => {
                if space_pending && !folded.is_empty() {
                    folded.push(' ');
                }
                space_pending = false;
                folded.push_str(&letters);
            }
            Class::Space => space_pending = true,
            Class::Punctuation | Class::Nothing => {}
        }
    }
    composed(folded)
}

/// The folded words of a text; punctuation is removed, not split at (`O'Brien` is `obrien`).
pub fn words(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(fold)
        .filter(|word| !word.is_empty())
        .collect()
}

/// What to put into the index for a text, so that a prefix search finds it. Each token once.
///
/// For every word: the whole without punctuation, the same from each of its parts on, and each
/// part alone. `O'Brien-Smith` gives `obriensmith`, `briensmith`, `smith`, `o`, `brien`; `obrien`
/// is a prefix of the first. A word with CJK characters, which are written without spaces, gives
/// all its [`suffixes`] too. Tokens are cut at [`MAX_TOKEN_CHARS`].
pub fn tokens(text: &str) -> Vec<String> {
    let mut found = Tokens::default();
    found.add_text(text);
    found.list
}

/// What to put into the index for a person's name.
///
/// The [`tokens`] of both names, and each name as one word (`de la Cruz` is also `delacruz`). A
/// name with CJK characters is spoken of as one word, in either order: both orders are added,
/// unspaced, with their suffixes, so that `山田太郎`, `太郎山田` and `田太` find 太郎 山田.
pub fn name_tokens(first: &str, last: &str) -> Vec<String> {
    let mut found = Tokens::default();
    for name in [first, last] {
        found.add_text(name);
        found.add(&squeezed(name));
        for other in spellings(name) {
            found.add(&squeezed(&other));
        }
    }
    if first.chars().chain(last.chars()).any(is_cjk) {
        for (one, other) in [(first, last), (last, first)] {
            for suffix in suffixes(&format!("{one}{other}")) {
                found.add(&suffix);
            }
        }
    }
    found.list
}

/// A text folded, without spaces, and every end of it, longest first, each cut at
/// [`MAX_TOKEN_CHARS`]. With these in the index, any part of a plate, a VIN or a phone number is
/// the prefix of some token.
pub fn suffixes(word: &str) -> Vec<String> {
    let whole = squeezed(word);
    whole
        .char_indices()
        .map(|(start, _)| cut(&whole[start..]).to_owned())
        .collect()
}

/// Whether a character belongs to a script written without spaces between given and family name
/// or between words: Han, kana, Hangul, Bopomofo, also in their half-width forms.
pub fn is_cjk(character: char) -> bool {
    matches!(u32::from(character),
        0x1100..=0x11FF        // Hangul Jamo
        | 0x2E80..=0x2FDF      // radicals
        | 0x3005..=0x3007      // 々 〆 〇
        | 0x3021..=0x3029 | 0x3031..=0x3035 | 0x3038..=0x303C
        | 0x3040..=0x30FF      // hiragana, katakana
        | 0x3100..=0x312F      // Bopomofo
        | 0x3130..=0x318F      // Hangul compatibility Jamo
        | 0x31A0..=0x31BF | 0x31F0..=0x31FF
        | 0x3200..=0x33FF      // enclosed and squared CJK (㈱)
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xA960..=0xA97F | 0xAC00..=0xD7FF // Hangul syllables
        | 0xF900..=0xFAFF      // compatibility ideographs
        | 0xFF66..=0xFFDC      // half-width kana and Hangul
        | 0x1B000..=0x1B16F    // historic kana
        | 0x20000..=0x323AF)
}

/// Tokens in the order found, each once.
#[derive(Default)]
struct Tokens {
    list: Vec<String>,
    seen: HashSet<String>,
}

impl Tokens {
    fn add(&mut self, token: &str) {
        let token = cut(token);
        if !token.is_empty() && self.seen.insert(token.to_owned()) {
            self.list.push(token.to_owned());
        }
    }

    fn add_text(&mut self, text: &str) {
        self.add_folded(text);
        for other in spellings(text) {
            self.add_folded(&other);
        }
    }

    fn add_folded(&mut self, text: &str) {
        for word in text.split_whitespace() {
            let parts = parts(word);
            let joined_from = if parts.len() > MAX_JOINED_PARTS {
                1
            } else {
                parts.len()
            };
            for start in 0..joined_from {
                self.add(&composed(parts[start..].concat()));
            }
            for part in &parts {
                self.add(part);
            }
            if word.chars().any(is_cjk) {
                for suffix in suffixes(word) {
                    self.add(&suffix);
                }
            }
        }
    }
}

/// The other ways in which the words of a text with `ä ö ü å ø`, or with `ae oe ue aa`, may be typed,
/// so that `mueller` finds Müller and `Müller` finds Mueller: those words alone, once with the
/// digraphs and once with plain letters.
pub fn spellings(text: &str) -> Vec<String> {
    let composed: String = text.nfc().collect();
    let words = || composed.split_whitespace();
    let written_out: Vec<String> = words()
        .filter(|word| word.chars().any(|c| digraph(c).is_some()))
        .map(|word| {
            let mut out = String::with_capacity(word.len() + 2);
            for character in word.chars() {
                match digraph(character) {
                    Some(two) => out.push_str(two),
                    None => out.push(character),
                }
            }
            out
        })
        .collect();
    let drawn_together: Vec<String> = words()
        .filter_map(|word| {
            let lower = word.to_lowercase();
            let together = without_digraphs(&lower);
            (together != lower).then_some(together)
        })
        .collect();
    [written_out, drawn_together]
        .into_iter()
        .filter(|words| !words.is_empty())
        .map(|words| words.join(" "))
        .collect()
}

/// The form in which two names are compared: folded, without spaces, and with digraphs as plain
/// letters, so that Müller, Mueller and Muller are one, and `de la Cruz` and `Delacruz`.
pub fn key(text: &str) -> String {
    without_digraphs(&squeezed(text))
}

/// How German, Danish, Norwegian and Swedish write a letter that a keyboard lacks.
fn digraph(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ä' | 'Ä' => "ae",
        'ö' | 'Ö' | 'ø' | 'Ø' => "oe",
        'ü' | 'Ü' => "ue",
        'å' | 'Å' => "aa",
        _ => return None,
    })
}

fn without_digraphs(lower: &str) -> String {
    let mut text = lower.to_owned();
    for (two, one) in [
        ("ae", "a"),
        ("oe", "o"),
        ("ue", "u"),
        ("aa", "a"),
        ("æ", "a"),
        ("œ", "o"),
    ] {
        text = text.replace(two, one);
    }
    text
}

/// The folded parts of one word, split at punctuation.
fn parts(word: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for character in word.chars() {
        let mut letters = String::new();
        match fold_character(character, &mut letters) {
            Class::Word => {
                if let Some(last) = parts.last_mut() {
                    last.push_str(&letters);
                }
            }
            Class::Space | Class::Punctuation => parts.push(String::new()),
            Class::Nothing => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.into_iter().map(composed).collect()
}

/// Folded, without spaces.
fn squeezed(text: &str) -> String {
    composed(fold(text).replace(' ', ""))
}

/// Decomposing took Hangul syllables and voiced kana apart; this puts them together again.
pub(crate) fn composed(text: String) -> String {
    if text.is_ascii() {
        text
    } else {
        text.nfc().collect()
    }
}

pub(crate) fn cut(text: &str) -> &str {
    match text.char_indices().nth(MAX_TOKEN_CHARS) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

fn fold_character(character: char, letters: &mut String) -> Class {
    if character.is_ascii_alphanumeric() {
        letters.push(character.to_ascii_lowercase());
        return Class::Word;
    }
    // Before decomposing: a lone accent decomposes into a space with that accent, and `O´Brien`
    // typed with one is still one word.
    if character.is_whitespace() {
        return Class::Space;
    }
    if is_unseen(character) {
        return Class::Nothing;
    }
    decompose_compatible(character, |piece| {
        for lower in piece.to_lowercase() {
            fold_piece(lower, letters);
        }
    });
    if !letters.is_empty() {
        Class::Word
    } else if is_combining_mark(character) {
        Class::Nothing
    } else {
        Class::Punctuation
    }
}

fn fold_piece(piece: char, letters: &mut String) {
    let piece = katakana(piece);
    if let Some(plain) = undecomposed(piece) {
        letters.push_str(plain);
    } else if let Some(digit) = ascii_digit(piece) {
        letters.push(digit);
    } else if is_unseen(piece) || is_modifier_mark(piece) {
        // Neither a letter to type nor one to miss.
    } else if is_combining_mark(piece) {
        if belongs_to_letter(piece) {
            letters.push(piece);
        }
    } else if piece.is_alphanumeric() {
        letters.push(piece);
    }
}

/// Hiragana and katakana are two ways of writing the same syllables: a name is typed in one and
/// stood in the papers in the other.
fn katakana(character: char) -> char {
    match u32::from(character) {
        code @ (0x3041..=0x3096 | 0x309D..=0x309F) => {
            char::from_u32(code + 0x60).unwrap_or(character)
        }
        _ => character,
    }
}

/// Letters that have no decomposition in Unicode, as people without them on the keyboard type
/// them.
fn undecomposed(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ł' | 'ƚ' => "l",
        'ø' => "o",
        'đ' | 'ð' | 'ɖ' => "d",
        'ħ' => "h",
        'ı' | 'ɨ' => "i",
        'ȷ' | 'ɉ' => "j",
        'ĸ' => "k",
        'ŋ' => "n",
        'ŧ' | 'ⱦ' => "t",
        'ƀ' => "b",
        'ɓ' => "b",
        'ɗ' => "d",
        'ƙ' => "k",
        'ə' | 'ɛ' => "e",
        'ɔ' => "o",
        'ⱥ' => "a",
        'ȼ' => "c",
        'ɇ' => "e",
        'ǥ' => "g",
        'ɍ' => "r",
        'ʉ' => "u",
        'ƶ' => "z",
        'ƒ' => "f",
        'ς' => "σ",
        // Arabic as typed without care: alif wasla, final yeh, teh marbuta, and the letters of
        // Persian and Urdu keyboards. Hamzas are marks, and gone already.
        'ٱ' => "ا",
        'ى' | 'ی' | 'ے' => "ي",
        'ة' | 'ہ' | 'ھ' | 'ە' => "ه",
        'ک' => "ك",
        _ => return None,
    })
}

/// Marks that make another letter of the one before them, and are typed with it: voicing of kana
/// (class 8), Indic nukta and virama (7, 9), vowel signs (0 and the classes of single scripts, 84
/// to 132). All others are accents or vowel points that people leave out: U+0300 ff. (200 to
/// 240), overlays (1), Hebrew, Arabic and Syriac points (10 to 36).
/// Classes: Unicode Standard Annex 44, Canonical_Combining_Class.
fn belongs_to_letter(mark: char) -> bool {
    let enclosing = matches!(u32::from(mark), 0x0488..=0x0489 | 0x20D0..=0x20FF);
    !enclosing && matches!(canonical_combining_class(mark), 0 | 7..=9 | 84..=132)
}

/// Modifier letters that serve as apostrophes and accents (Hawaiian ʻokina, Ukrainian ʼ), which
/// Unicode counts as letters.
fn is_modifier_mark(character: char) -> bool {
    matches!(u32::from(character), 0x02B9..=0x02D1 | 0x02EC | 0x02EE)
}
