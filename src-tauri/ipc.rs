//! The typed border to the page: which commands and events there are.
//!
//! The same list serves the running program and the generated `ui/src/lib/bindings.ts`.

use std::path::Path;

use specta_typescript::{Error, Typescript};
use tauri_specta::{Builder, collect_commands, collect_events};

use crate::commands::{
    alerts, check_in, customers, drafts, find, history, papers, records, services, session, shell,
    sync, vehicles,
};
use crate::news::Changed;
use crate::papers::drops::{PapersDragged, PapersDropped};
use crate::papers::watched::ScansChanged;
use crate::resident::{AlertsChanged, OpenPath};
use crate::syncing::SyncChanged;

/// Every command and event of the desk.
pub fn contract() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            session::session,
            session::save_settings,
            find::search,
            find::likely_duplicates,
            find::fields_for,
            customers::customer_card,
            customers::customer_list,
            customers::stats,
            customers::read_licence,
            vehicles::vehicle_card,
            vehicles::vehicle_list,
            vehicles::due_list,
            vehicles::update_mileage,
            vehicles::transfer_vehicle,
            vehicles::vin_facts,
            records::review,
            records::create_record,
            records::edit_record,
            records::delete_record,
            services::service_types,
            check_in::check_in_card,
            check_in::check_in_known,
            check_in::check_in_new,
            history::history,
            history::undo,
            history::undo_step,
            history::redo,
            sync::check_server,
            sync::sign_in,
            sync::sign_out,
            sync::sync_status,
            sync::sync_now,
            sync::pause_sync,
            sync::waiting_edits,
            sync::retry_edit,
            sync::discard_edit,
            sync::undo_discard,
            sync::set_files_pace,
            sync::take_up_file,
            sync::conflicts,
            sync::resolve_conflict,
            sync::resolve_conflicts_of,
            sync::duplicates,
            sync::merge_duplicates,
            sync::keep_apart,
            alerts::alert_page,
            alerts::alert_count,
            alerts::answer_alerts,
            alerts::note_call,
            alerts::alert_days,
            alerts::alerts_between,
            alerts::notice_state,
            alerts::try_notice,
            alerts::pause_notices,
            alerts::set_autostart,
            papers::papers_of,
            papers::paper_list,
            papers::paper_counts,
            papers::missing_papers,
            papers::paper_card,
            papers::choose_papers,
            papers::paste_paper,
            papers::keep_papers,
            papers::licence_of_pick,
            papers::forget_papers,
            papers::show_paper,
            papers::hide_paper,
            papers::copy_paper,
            papers::open_paper,
            papers::print_paper,
            papers::print_page,
            papers::scans,
            papers::pick_scans,
            papers::choose_scan_folder,
            papers::recovery_code,
            papers::restore_file_key,
            drafts::draft_save,
            drafts::draft_load,
            drafts::draft_clear,
            shell::ready,
            shell::report_error,
        ])
        .events(collect_events![
            Changed,
            SyncChanged,
            AlertsChanged,
            OpenPath,
            PapersDragged,
            PapersDropped,
            ScansChanged
        ])
        // Odometers, counts and days: all far below 2^53, where JavaScript's numbers end.
        .dangerously_cast_bigints_to_number()
        .disable_serde_phases()
}

/// Writes the TypeScript of [`contract`] to `file`.
pub fn write_bindings(file: &Path) -> Result<(), Error> {
    contract().export(Typescript::default(), file)
}
