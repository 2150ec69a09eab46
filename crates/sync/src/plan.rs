//! What to do next, as a pure function of what is known on both sides.

use servease_wire::sync::RefusalCode;

/// Where the desk stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Local {
    /// The desk has an identity.
    pub is_enrolled: bool,
    pub cursor: i64,
    /// Mutations to send, and those that wait for something else.
    pub waiting: i64,
    pub parked: i64,
    /// A snapshot is being taken row by row.
    pub is_taking_snapshot: bool,
    /// What shows to this account alone is asked for.
    pub wants_particular: bool,
    /// The desk has taken nothing from Central yet, and a whole database can be put under what it
    /// has made itself.
    pub can_begin: bool,
}

/// What this run has learnt of Central so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The number of Central's last change.
    pub seq: Option<i64>,
    /// What Central asked for instead of an answer.
    pub refusal: Option<RefusalCode>,
    /// Since parked mutations were last tried, something was accepted or taken in.
    pub has_news: bool,
    /// How a desk that can begin should.
    pub begin: Option<Begin>,
}

/// The ways to a first state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// There are so few changes that reading them is as quick, and they tell the past too.
    Changes,
    /// A ready database.
    File,
    /// The present rows: Central has no file in this program's schema.
    Rows,
}

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Give this installation its identity.
    Enroll,
    /// Find out from which change on the two pasts differ, and go back there.
    Rewind,
    /// Ask how to begin.
    AskHow,
    /// Take the present state as a ready database.
    TakeFile,
    /// Take the present rows, since the changes up to them are forgotten, or too many.
    TakeSnapshot,
    /// Take what shows to this account and not to everybody.
    TakeParticular,
    Push,
    Pull,
    /// Try again what was parked.
    Wake,
    /// Central said something that this program cannot do.
    GiveUp(RefusalCode),
}

/// The steps that lead to agreement, as far as can be seen from here. Whoever does the first
/// of them plans again: it may have changed what is known. No step: both sides agree.
pub fn plan(local: &Local, known: &Known) -> Vec<Op> {
    let mut ops = Vec::new();
    if !local.is_enrolled {
        ops.push(Op::Enroll);
    }
    match known.refusal {
        Some(RefusalCode::EpochChanged | RefusalCode::Diverged) => ops.push(Op::Rewind),
        Some(RefusalCode::Expired) => ops.push(Op::TakeSnapshot),
        Some(code) => return vec![Op::GiveUp(code)],
        None if local.is_taking_snapshot => ops.push(Op::TakeSnapshot),
        // Before own changes go out: what they say is put on top of what is taken.
        None if local.can_begin => match known.begin {
            None => ops.push(Op::AskHow),
            Some(Begin::File) => ops.push(Op::TakeFile),
            Some(Begin::Rows) => ops.push(Op::TakeSnapshot),
            Some(Begin::Changes) => {}
        },
        None => {}
    }
    let is_behind = known.seq.is_some_and(|seq| local.cursor < seq);
    // Own changes go first: what others did is then read together with what came of ours. But
    // once it is known that others did something, that is read before more is sent: from then on
    // the answers alone tell that nothing else has happened.
    if is_behind {
        ops.push(Op::Pull);
    }
    if local.waiting > 0 {
        ops.push(Op::Push);
    }
    if !is_behind && (local.waiting > 0 || known.seq.is_none()) {
        ops.push(Op::Pull);
    }
    // Last: what it refers to is here by then.
    if ops.is_empty() && local.wants_particular {
        ops.push(Op::TakeParticular);
    }
    if ops.is_empty() && local.parked > 0 && known.has_news {
        ops.push(Op::Wake);
    }
    ops
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local() -> Local {
        Local {
            is_enrolled: true,
            cursor: 7,
            ..Local::default()
        }
    }

    #[test]
    fn a_first_sync_enrolls_pushes_and_pulls() {
        let local = Local {
            waiting: 3,
            ..Local::default()
        };
        let ops = plan(&local, &Known::default());
        assert_eq!(ops, [Op::Enroll, Op::Push, Op::Pull]);
    }

    #[test]
    fn what_others_are_known_to_have_done_is_read_before_more_is_sent() {
        let local = Local {
            waiting: 3,
            ..local()
        };
        let known = |seq| Known {
            seq: Some(seq),
            ..Known::default()
        };
        assert_eq!(plan(&local, &known(9)), [Op::Pull, Op::Push]);
        assert_eq!(plan(&local, &known(7)), [Op::Push, Op::Pull]);
    }

    #[test]
    fn nothing_to_do_asks_once() {
        assert_eq!(plan(&local(), &Known::default()), [Op::Pull]);
        let known = Known {
            seq: Some(7),
            ..Known::default()
        };
        assert_eq!(plan(&local(), &known), []);
    }

    #[test]
    fn what_shows_to_the_account_alone_comes_after_everything_else() {
        let local = Local {
            wants_particular: true,
            ..local()
        };
        let known = |seq| Known {
            seq: Some(seq),
            ..Known::default()
        };
        assert_eq!(plan(&local, &known(9)), [Op::Pull]);
        assert_eq!(plan(&local, &known(7)), [Op::TakeParticular]);
    }

    #[test]
    fn another_past_is_settled_before_anything_is_sent() {
        let local = Local {
            waiting: 1,
            ..local()
        };
        let known = Known {
            refusal: Some(RefusalCode::Diverged),
            ..Known::default()
        };
        assert_eq!(plan(&local, &known)[0], Op::Rewind);
    }

    #[test]
    fn a_forgotten_desk_keeps_its_outbox_for_after_the_snapshot() {
        let local = Local {
            waiting: 1,
            ..local()
        };
        let known = Known {
            refusal: Some(RefusalCode::Expired),
            ..Known::default()
        };
        assert_eq!(plan(&local, &known), [Op::TakeSnapshot, Op::Push, Op::Pull]);
    }

    #[test]
    fn a_desk_that_begins_asks_how_and_sends_its_own_afterwards() {
        let local = Local {
            is_enrolled: false,
            cursor: 0,
            waiting: 2,
            can_begin: true,
            ..local()
        };
        let plan_for = |begin| {
            let known = Known {
                begin,
                ..Known::default()
            };
            plan(&local, &known)
        };
        assert_eq!(plan_for(None), [Op::Enroll, Op::AskHow, Op::Push, Op::Pull]);
        assert_eq!(
            plan_for(Some(Begin::File)),
            [Op::Enroll, Op::TakeFile, Op::Push, Op::Pull]
        );
        assert_eq!(
            plan_for(Some(Begin::Rows)),
            [Op::Enroll, Op::TakeSnapshot, Op::Push, Op::Pull]
        );
        assert_eq!(
            plan_for(Some(Begin::Changes)),
            [Op::Enroll, Op::Push, Op::Pull]
        );
    }

    #[test]
    fn another_past_is_settled_before_a_file_is_taken() {
        let local = Local {
            cursor: 0,
            can_begin: true,
            ..local()
        };
        let known = Known {
            refusal: Some(RefusalCode::EpochChanged),
            begin: Some(Begin::File),
            ..Known::default()
        };
        assert_eq!(plan(&local, &known), [Op::Rewind, Op::Pull]);
    }

    #[test]
    fn parked_mutations_are_tried_again_only_after_news() {
        let local = Local {
            parked: 1,
            ..local()
        };
        let known = |has_news| Known {
            seq: Some(7),
            has_news,
            ..Known::default()
        };
        assert_eq!(plan(&local, &known(true)), [Op::Wake]);
        assert_eq!(plan(&local, &known(false)), []);
    }

    #[test]
    fn a_word_of_another_age_ends_the_run() {
        let known = Known {
            refusal: Some(RefusalCode::DeskTooOld),
            ..Known::default()
        };
        assert_eq!(
            plan(&local(), &known),
            [Op::GiveUp(RefusalCode::DeskTooOld)]
        );
    }
}
