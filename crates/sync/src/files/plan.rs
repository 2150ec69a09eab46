//! Which file is sent next, as a pure function of what is known on both sides.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use servease_store::files::Unsent;
use servease_wire::sync::files::{FILES_MAX, FileName, FileStanding};
use strum::{EnumString, IntoStaticStr};

/// When files are sent, as somebody has set it on this PC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Pace {
    /// Beside everything else.
    Now,
    /// While no records wait to be sent.
    #[default]
    Idle,
    /// Not until somebody lets them go on.
    Paused,
}

/// Where the desk stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Local {
    /// Files that are to be sent.
    pub unsent: Vec<Unsent>,
    /// Files of which it is time to ask whether Central still keeps them.
    pub doubted: Vec<Unsent>,
    /// Files of which a part is on its way just now, by hash.
    pub under_way: Vec<String>,
    /// Records wait to be sent.
    pub has_waiting: bool,
    pub pace: Pace,
}

/// What this run has learnt of Central, by the hashes of files and then by their sizes. What is not
/// going on is over for this run.
#[derive(Debug, Clone, Default)]
pub struct Known(HashMap<String, BTreeMap<u64, FileStanding>>);

impl Known {
    pub fn learn(&mut self, file: &FileName, standing: FileStanding) {
        let sizes = self.0.entry(file.sha256.clone()).or_default();
        sizes.insert(file.size_bytes, standing);
    }

    /// How far it is must be asked again.
    pub fn forget(&mut self, file: &FileName) {
        if let Some(sizes) = self.0.get_mut(&file.sha256) {
            sizes.remove(&file.size_bytes);
        }
    }

    /// How much of a file has come there.
    pub fn so_far(&self, file: &Unsent) -> u64 {
        match self.of(file) {
            Some(FileStanding::Arriving { so_far }) => *so_far,
            _ => 0,
        }
    }

    fn of(&self, file: &Unsent) -> Option<&FileStanding> {
        self.0.get(&file.sha256)?.get(&file.size_bytes)
    }
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Ask how far these are.
    Ask(Vec<FileName>),
    /// Send the next part of one.
    Send { file: FileName, at: u64 },
    /// Records go first.
    GiveWay,
    /// Nothing more in this run, but for what is under way.
    Rest,
}

/// What to do next. Whoever does it plans again.
pub fn plan(local: &Local, known: &Known) -> Op {
    if local.pace == Pace::Paused {
        return Op::Rest;
    }
    if local.pace == Pace::Idle && local.has_waiting {
        return Op::GiveWay;
    }
    let is_unasked = |file: &&Unsent| known.of(file).is_none();
    let mut unasked: Vec<&Unsent> = local.unsent.iter().filter(is_unasked).collect();
    unasked.sort_by_key(|file| rank(file));
    unasked.extend(local.doubted.iter().filter(is_unasked));
    if !unasked.is_empty() {
        return Op::Ask(unasked.into_iter().take(FILES_MAX).map(name).collect());
    }
    let unsent = local.unsent.iter();
    let free = unsent.filter(|file| !local.under_way.contains(&file.sha256));
    let arriving = free.filter_map(|file| match known.of(file) {
        Some(FileStanding::Arriving { so_far }) => Some((file, *so_far)),
        _ => None,
    });
    match arriving.min_by_key(|(file, _)| rank(file)) {
        Some((file, at)) => Op::Send {
            file: name(file),
            at,
        },
        None => Op::Rest,
    }
}

/// Small ones first, and of those of about one size the newest: what somebody may look for next is
/// there soonest, and one big file holds up nothing but bigger ones.
fn rank(file: &Unsent) -> impl Ord + use<'_> {
    /// A page that was photographed; beyond it each step is four times as big.
    const SMALL_BYTES: u64 = 256 << 10;
    let steps = (file.size_bytes / SMALL_BYTES).checked_ilog(4);
    let size = steps.map_or(0, |steps| steps + 1);
    (
        size,
        Reverse(file.taken_in_at),
        file.sha256.as_str(),
        file.size_bytes,
    )
}

fn name(file: &Unsent) -> FileName {
    FileName {
        sha256: file.sha256.clone(),
        size_bytes: file.size_bytes,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    fn unsent(name: &str, size_bytes: u64, minute: i64) -> Unsent {
        Unsent {
            sha256: name.to_owned(),
            size_bytes,
            taken_in_at: DateTime::UNIX_EPOCH + TimeDelta::minutes(minute),
        }
    }

    fn file(name: &str, size_bytes: u64) -> FileName {
        FileName {
            sha256: name.to_owned(),
            size_bytes,
        }
    }

    fn three() -> Local {
        Local {
            unsent: vec![
                unsent("big", 20 << 20, 3),
                unsent("old", 100 << 10, 1),
                unsent("new", 200 << 10, 2),
            ],
            ..Local::default()
        }
    }

    #[test]
    fn what_is_not_known_is_asked_for_small_and_recent_files_first() {
        let asked = plan(&three(), &Known::default());
        let files = [
            file("new", 200 << 10),
            file("old", 100 << 10),
            file("big", 20 << 20),
        ];
        assert_eq!(asked, Op::Ask(files.to_vec()));
    }

    #[test]
    fn parts_go_out_from_where_the_file_ends_so_far() {
        let mut known = Known::default();
        for name in ["big", "old", "new"] {
            let size = three()
                .unsent
                .iter()
                .find(|it| it.sha256 == name)
                .unwrap()
                .size_bytes;
            known.learn(&file(name, size), FileStanding::Arriving { so_far: 7 });
        }
        let next = |known: &Known| match plan(&three(), known) {
            Op::Send { file, at } => (file.sha256, at),
            other => panic!("{other:?}"),
        };
        assert_eq!(next(&known), ("new".to_owned(), 7));
        known.learn(&file("new", 200 << 10), FileStanding::Kept);
        assert_eq!(next(&known), ("old".to_owned(), 7));
        // Its document has been refused, or waits itself: it holds up no other one.
        known.learn(&file("old", 100 << 10), FileStanding::Unnamed);
        assert_eq!(next(&known), ("big".to_owned(), 7));
        let refused = FileStanding::Refused {
            why: "kind".to_owned(),
            detail: String::new(),
        };
        known.learn(&file("big", 20 << 20), refused);
        assert_eq!(plan(&three(), &known), Op::Rest);
    }

    #[test]
    fn of_a_file_one_part_is_under_way_at_a_time() {
        let mut known = Known::default();
        let mut local = three();
        for it in &local.unsent {
            known.learn(&name(it), FileStanding::Arriving { so_far: 0 });
        }
        for expected in ["new", "old", "big"] {
            let Op::Send { file, .. } = plan(&local, &known) else {
                panic!("{expected} is left");
            };
            assert_eq!(file.sha256, expected);
            local.under_way.push(file.sha256);
        }
        assert_eq!(plan(&local, &known), Op::Rest);
    }

    #[test]
    fn records_go_first_unless_somebody_wants_it_otherwise() {
        let at_pace = |pace| {
            let local = Local {
                has_waiting: true,
                pace,
                ..three()
            };
            plan(&local, &Known::default())
        };
        assert_eq!(at_pace(Pace::Idle), Op::GiveWay);
        assert!(matches!(at_pace(Pace::Now), Op::Ask(_)));
        assert_eq!(at_pace(Pace::Paused), Op::Rest);
    }

    #[test]
    fn what_central_once_had_is_asked_for_and_nothing_is_sent_unasked() {
        let local = Local {
            doubted: vec![unsent("kept", 9, 1)],
            ..Local::default()
        };
        assert_eq!(
            plan(&local, &Known::default()),
            Op::Ask(vec![file("kept", 9)])
        );
        let mut known = Known::default();
        known.learn(&file("kept", 9), FileStanding::Kept);
        assert_eq!(plan(&local, &known), Op::Rest);
    }

    #[test]
    fn no_question_is_longer_than_central_takes() {
        let many = (0..FILES_MAX + 9).map(|number| unsent(&format!("{number}"), 9, 0));
        let local = Local {
            unsent: many.collect(),
            ..Local::default()
        };
        let Op::Ask(asked) = plan(&local, &Known::default()) else {
            panic!("a question");
        };
        assert_eq!(asked.len(), FILES_MAX);
    }
}
