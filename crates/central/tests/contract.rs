//! The contract of `/api/v1`, over HTTP. Each case is a test of its own on each database, with
//! a service and an empty database; on PostgreSQL they share the run's server. Those of files are tests
//! once more with files in a bucket.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is the message"
)]

mod cases;
use servease_tests::central::{Postgres, Service};

/// Cases of files once more, with files in a bucket.
macro_rules! in_a_bucket {
    ($($module:ident: $($case:ident)*;)*) => {
        mod bucket {$(
            mod $module {$(
                #[tokio::test]
                async fn $case() {
                    let service = crate::Service::with_bucket().await;
                    crate::cases::$module::$case(&service).await;
                    service.stop().await;
                }
            )*}
        )*}
    };
}

in_a_bucket! {
    documents:
        upload_and_download
        refused_uploads_leave_nothing_behind
        sensitive_reads_are_logged
    ;
    files:
        a_file_comes_in_parts_and_is_kept_as_an_upload_is
        what_is_not_what_its_document_says_is_refused_in_the_words_of_an_upload
        only_staff_sends_and_fetches_and_each_their_own
    ;
}

macro_rules! contract {
    ($($module:ident: $($case:ident)*;)*) => {
        mod sqlite {$(
            mod $module {$(
                #[tokio::test]
                async fn $case() {
                    let service = crate::Service::start(None).await;
                    crate::cases::$module::$case(&service).await;
                    service.stop().await;
                }
            )*}
        )*}

        mod postgres {$(
            mod $module {$(
                #[tokio::test]
                async fn $case() {
                    let postgres = crate::Postgres::find();
                    let url = postgres.database(stringify!($case));
                    let service = crate::Service::start(Some(url)).await;
                    crate::cases::$module::$case(&service).await;
                    service.stop().await;
                }
            )*}
        )*}
    };
}

contract! {
    alerts:
        they_are_told_with_whom_to_call_most_urgent_first
        filters_and_pages_narrow_them_and_wrong_ones_are_named
        customers_do_not_see_them_nor_colleagues_private_notes
        a_token_opens_the_calendar_and_nothing_else_until_it_is_revoked
        an_unchanged_calendar_is_told_to_be_the_one_that_is_known
        wrong_tokens_slow_down_and_right_ones_go_on
        a_closed_account_takes_its_calendars_along
    ;
    aliases:
        paths_and_bodies_take_the_id_of_what_was_merged_away
        an_alias_is_not_deleted
    ;
    customers:
        create_answers_the_full_form
        what_a_walk_in_does_not_say_is_not_required
        every_problem_is_named_at_once
        an_id_given_by_the_client_is_kept_and_used_once
        email_is_unique_without_regard_to_case
        put_and_patch_answer_the_full_form
        preferences_are_nested_and_on_their_own
        deleting_takes_everything_along
        actions_and_stats
        dashboard_shows_one_screen
    ;
    vehicles:
        create_and_read
        vin_rules_and_uniqueness
        update_mileage_rules
        improbable_readings_are_flagged
        transfer_writes_ownerships
        a_transfer_clears_the_former_owners_papers_where_it_says_so
        service_records_move_the_due_point
        service_status_and_due
    ;
    lists:
        envelope_and_pages
        walking_pages_meets_each_row_once
        filters
        search
        ordering
        ordering_by_several
        notes_and_private_notes
    ;
    documents:
        upload_and_download
        refused_uploads_leave_nothing_behind
        sensitive_reads_are_logged
        expiring_soon
        papers_follow_the_car_or_stay_with_whom_they_name
    ;
    files:
        a_file_comes_in_parts_and_is_kept_as_an_upload_is
        what_is_not_what_its_document_says_is_refused_in_the_words_of_an_upload
        only_staff_sends_and_fetches_and_each_their_own
    ;
    conflicts:
        whoever_writes_over_http_has_decided
        an_answer_says_what_came_of_a_mutation
        a_chain_is_judged_by_what_it_came_to
    ;
    garage:
        it_is_read_by_staff_and_changed_by_admins
        its_zone_and_currency_count_from_the_next_request_on
        another_zone_moves_the_days_that_follow_from_services
        who_has_seen_nothing_overrules_nothing_that_is_settled
        rows_name_only_what_was_stated
        neither_it_nor_who_works_there_is_ever_deleted
    ;
    requests:
        bad_bodies_and_paths
        odd_bytes_are_never_a_server_error
        mutations_of_strange_desks_do_no_harm
        conditional_requests
        idempotency_keys
        history_tells_who_and_what
        root_health_and_redirects
        underscored_actions
    ;
    retention:
        tombstones_are_kept_for_180_days_of_service
        the_task_that_forgets_ends_when_it_is_told
        what_was_passed_on_once_is_known_after_its_change_is_forgotten
    ;
    sign_in:
        tokens_rotate
        wrong_passwords_slow_down
        roles_have_limits
        every_path_needs_credentials
    ;
}
