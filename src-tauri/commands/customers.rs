//! Customers: the card, the list, the figures.

use servease_desk::views::{CustomerCard, CustomerLine, ListQuery, Stats, Window};
use servease_domain::licence::Licence;
use uuid::Uuid;

use super::{Answer, Shell};
use crate::shell::told;

#[tauri::command]
#[specta::specta]
pub async fn customer_card(shell: Shell<'_>, id: Uuid) -> Answer<CustomerCard> {
    shell.desk().await?.customer_card(id).await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn customer_list(
    shell: Shell<'_>,
    query: ListQuery,
    offset: u32,
    limit: u32,
) -> Answer<Window<CustomerLine>> {
    shell
        .desk()
        .await?
        .customer_list(&query, offset, limit)
        .await
        .map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn stats(shell: Shell<'_>) -> Answer<Stats> {
    shell.desk().await?.stats().await.map_err(told)
}

/// What the code of a driving licence proposes for a customer; nothing is written.
#[tauri::command]
#[specta::specta]
pub async fn read_licence(shell: Shell<'_>, text: String) -> Answer<Licence> {
    shell.desk().await?.read_licence(&text).map_err(told)
}
