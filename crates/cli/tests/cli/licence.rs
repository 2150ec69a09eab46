//! What the code of a driving licence proposes.

use serde_json::json;

use crate::support::Folder;

const CODE: &[u8] = b"@\n\x1e\rANSI 636023080102DL00410100DLDAQSX1\nDCSM\xdcLLER\nDACANN\n\
    DBA05032031\nDAG1 MAIN ST\nDAICOLUMBUS\nDAJOH\nDAK432150000\nDCGUSA\r";

#[test]
fn a_licence_is_read_from_a_file_and_nothing_is_written() {
    let folder = Folder::new();
    let file = folder.path().join("licence.txt");
    std::fs::write(&file, CODE).unwrap();
    let read = folder.json(&["customer", "from-licence", &file.display().to_string()]);
    assert_eq!(
        read,
        json!({"fields": {"first_name": "Ann", "last_name": "Müller", "street_address": "1 Main St",
            "city": "Columbus", "state": "OH", "zip_code": "43215", "country": "United States"},
            "expires_on": "2031-05-03", "is_truncated": false})
    );
    assert_eq!(folder.json(&["customer", "list"])["count"], 0);
    std::fs::write(&file, "1HGCM82633A004352").unwrap();
    let error = folder.error(&["customer", "from-licence", &file.display().to_string()]);
    assert_eq!(error["code"], "invalid");
}
