//! World manufacturer identifiers of common makers.
//!
//! A table to fill in the make while a VIN is typed, by no means all: ISO lists tens of thousands.
//! Where several makes share an identifier, it stands with the one that is met most often; where
//! none prevails, it is left out.

/// Make and its identifiers, each the first three characters of a VIN.
const MAKERS: &[(&str, &[&str])] = &[
    ("Acura", &["19U", "19V", "2HH", "2HN", "5FR", "5J8", "JH4"]),
    ("Alexander Dennis", &["SFD"]),
    ("Alfa Romeo", &["ZAR", "ZAS"]),
    ("Alpina", &["WAP"]),
    ("Alpine", &["VFA"]),
    ("Aprilia", &["ZD4"]),
    ("Arctic Cat", &["4UF"]),
    ("Ashok Leyland", &["MB1"]),
    ("Aston Martin", &["SCF", "SD7"]),
    ("Audi", &["93U", "99A", "TRU", "WA1", "WAU", "WUA"]),
    ("Autocar", &["5VC"]),
    ("BAIC", &["LNB"]),
    ("Bajaj", &["MD2"]),
    ("Benelli", &["ZBN"]),
    ("Bentley", &["SCB", "SJA"]),
    ("Bimota", &["ZES"]),
    (
        "BMW",
        &[
            "3MW", "4US", "5UM", "5UX", "5YM", "98M", "ABM", "LBV", "MMF", "WB1", "WB3", "WB4",
            "WB5", "WBA", "WBS", "WBX", "WBY", "X4X",
        ],
    ),
    ("Buick", &["1G4", "2G4", "3G5", "5GA", "KL4", "LRB", "W04"]),
    ("BYD", &["LC0", "LGX"]),
    (
        "Cadillac",
        &["1G6", "1GE", "1GY", "2G6", "3GY", "W06", "YSC"],
    ),
    ("Changan", &["LS4", "LS5", "LS6"]),
    ("Chery", &["98R", "LVT", "LVV"]),
    (
        "Chevrolet",
        &[
            "1G1", "1GA", "1GB", "1GC", "1GN", "2C1", "2CN", "2G1", "2GC", "2GN", "3G1", "3GC",
            "3GN", "6G3", "8AG", "8GG", "9BG", "9GA", "KL1", "KL7", "KL8", "MA6", "MMM", "MMU",
            "X9L", "XUF", "XUU",
        ],
    ),
    (
        "Chrysler",
        &[
            "1A4", "1A8", "1C3", "1C8", "2A4", "2A8", "2C3", "2C4", "2C8", "3A4", "3C4", "3C8",
            "4C3",
        ],
    ),
    ("Citroën", &["8BC", "935", "VF7", "VR7", "VS7"]),
    ("Dacia", &["UU1"]),
    ("Daewoo", &["KLA", "KLY", "SUP", "UU6", "XWB"]),
    ("DAF", &["98P", "XLR"]),
    ("Daihatsu", &["JDA", "MHK"]),
    ("DeLorean", &["SCE"]),
    ("Derbi", &["VTH"]),
    (
        "Dodge",
        &[
            "1B3", "1B4", "1B7", "1D3", "1D4", "1D7", "1D8", "2B3", "2B4", "2B7", "2D4", "2D8",
            "3D3", "3D4", "3D7", "4B3", "937",
        ],
    ),
    ("DS", &["VR1"]),
    ("Ducati", &["ZDM"]),
    ("Eagle", &["4E3"]),
    ("Fantic", &["ZFM"]),
    ("FAW", &["LFP"]),
    ("Ferrari", &["ZDF", "ZFF", "ZSG"]),
    (
        "Fiat",
        &["8AP", "93W", "9BD", "MCA", "NM4", "SUF", "ZFA", "ZFB"],
    ),
    (
        "Ford",
        &[
            "1F6", "1FA", "1FB", "1FC", "1FD", "1FM", "1FT", "1ZV", "2FA", "2FD", "2FM", "2FT",
            "3FA", "3FE", "3FM", "3FN", "3FR", "3FT", "6FP", "8AF", "9BF", "AFA", "LVS", "MAJ",
            "MNA", "MNB", "MPB", "NM0", "PE1", "SFA", "VS6", "WF0", "X9F", "XLC", "Z6F",
        ],
    ),
    (
        "Freightliner",
        &["1FU", "1FV", "2FU", "2FV", "3AK", "3AL", "4UZ"],
    ),
    ("GAC", &["LMG"]),
    ("GAZ", &["X96", "XTH"]),
    ("Geely", &["L6T", "LB2", "LB3"]),
    ("Genesis", &["KMT", "KMU"]),
    (
        "GMC",
        &[
            "1GD", "1GJ", "1GK", "1GT", "2CT", "2GD", "2GK", "2GT", "3GK", "3GT",
        ],
    ),
    ("Great Wall", &["LGW", "MNU"]),
    ("Harley-Davidson", &["1HD", "5HD"]),
    ("Hero", &["MBL"]),
    ("Hino", &["5PV", "JHA", "JHB", "JHD"]),
    ("Holden", &["6H8"]),
    (
        "Honda",
        &[
            "19X", "1HF", "1HG", "2HG", "2HJ", "2HK", "3CZ", "3HG", "4S6", "5FN", "5FP", "5J6",
            "5KB", "7FA", "8C3", "93H", "9C2", "JH2", "JHG", "JHL", "JHM", "LAL", "LHG", "LUC",
            "LVH", "MAK", "ME4", "MH1", "MHR", "MLH", "MRH", "NLA", "PMH", "RLH", "SHH", "SHS",
            "VTM", "ZDC",
        ],
    ),
    ("Hummer", &["5GR", "5GT"]),
    ("Husaberg", &["YU7"]),
    ("Husqvarna", &["ZKH"]),
    (
        "Hyundai",
        &[
            "2HM", "5NM", "5NP", "5NT", "7YA", "95P", "9BH", "KM8", "KMF", "KMH", "KMJ", "LBE",
            "MAL", "MF3", "NLH", "TMA", "X7M", "Z94",
        ],
    ),
    ("IC Bus", &["4DR"]),
    ("Ikarus", &["TSE"]),
    ("Indian", &["56K"]),
    ("Infiniti", &["3PC", "5N3", "JNK", "JNR"]),
    ("International", &["1HS", "1HT", "2HS", "3HA", "3HS"]),
    ("Iran Khodro", &["NAA"]),
    ("Isuzu", &["4S2", "JAA", "JAC", "JAL", "LET", "MP1", "MPA"]),
    ("Iveco", &["8AT", "VFE", "VNE", "WJM", "ZCF"]),
    ("JAC", &["LJ1"]),
    ("Jaguar", &["SAD", "SAJ"]),
    ("Jeep", &["1C4", "1J4", "1J8", "988", "ZAC"]),
    ("JMC", &["LEF"]),
    ("KamAZ", &["XTC"]),
    ("Kawasaki", &["JKA", "JKB"]),
    ("Kenworth", &["1NK", "1XK", "2NK", "3BK", "3WK"]),
    (
        "Kia",
        &[
            "3KP", "5XX", "5XY", "KNA", "KNC", "KND", "KNE", "KNH", "LJD", "MZB", "U5Y", "U6Y",
            "XWE",
        ],
    ),
    ("King Long", &["LA6", "LKL"]),
    ("KTM", &["VBK"]),
    ("Kymco", &["RFB"]),
    ("Lada", &["XTA"]),
    ("Lamborghini", &["ZHW", "ZPB"]),
    ("Lancia", &["ZLA"]),
    ("Land Rover", &["L2C", "SAL"]),
    ("LDV", &["SEY"]),
    ("Lexus", &["2T2", "58A", "JT6", "JT8", "JTH", "JTJ"]),
    ("Lifan", &["LLV"]),
    ("Lincoln", &["1L1", "1LN", "2LM", "3LN", "5L1", "5LM"]),
    ("Lotus", &["SCC"]),
    ("Lucid", &["50E"]),
    ("Mack", &["1M1", "1M2"]),
    ("Mahindra", &["MA1"]),
    ("MAN", &["VAN", "WMA"]),
    ("Maserati", &["ZAM", "ZN6"]),
    ("MAZ", &["Y3M"]),
    (
        "Mazda",
        &[
            "1YV", "3MD", "3MV", "3MZ", "4F2", "4F4", "7MM", "9FC", "JM0", "JM1", "JM3", "JM6",
            "JM7", "JMZ", "LVR", "MM0", "MM6", "MM7", "MM8", "MP2", "PE3",
        ],
    ),
    ("McLaren", &["SBM"]),
    (
        "Mercedes-Benz",
        &[
            "4JG", "55S", "8AC", "9BM", "LE4", "MBR", "NLE", "NMB", "VSA", "W1K", "W1N", "W1T",
            "W1V", "W1W", "W1X", "W1Y", "WD3", "WD4", "WDA", "WDB", "WDC", "WDD", "WDF", "WDZ",
            "WEB", "WMX",
        ],
    ),
    ("Mercury", &["1ME", "2ME", "2MR", "3ME", "4M2"]),
    ("Merkur", &["WF1"]),
    ("MG", &["LSJ", "MZ7"]),
    ("MINI", &["WMW"]),
    (
        "Mitsubishi",
        &[
            "4A3", "4A4", "6MM", "93X", "JA3", "JA4", "JMB", "JMY", "MK2", "MMB", "MMC", "MMD",
            "MME", "MMT", "XMC",
        ],
    ),
    ("Mitsubishi Fuso", &["JL6", "JLF", "JLS", "TYA", "TYB"]),
    ("Moskvitch", &["XTB"]),
    ("Moto Guzzi", &["ZGU"]),
    ("MV Agusta", &["ZCG"]),
    ("Neoplan", &["WAG"]),
    (
        "Nissan",
        &[
            "1N4", "1N6", "3N1", "3N6", "3N8", "4N2", "5N1", "8AN", "94D", "JN1", "JN3", "JN6",
            "JN8", "LGB", "MDH", "MNT", "SJN", "VSK", "VWA", "Z8N",
        ],
    ),
    ("Oldsmobile", &["1G3", "1GH", "2G3"]),
    ("Opel", &["VSX", "VXK", "W0L", "W0V"]),
    ("Otokar", &["NLR"]),
    ("Perodua", &["PM2"]),
    ("Peterbilt", &["1NP", "1XP", "2NP", "3BP"]),
    (
        "Peugeot",
        &["8AD", "936", "SDB", "VF3", "VGA", "VR3", "VS8"],
    ),
    ("Piaggio", &["LBM", "ZAP"]),
    ("Plymouth", &["1P3", "1P4", "2P4", "4P3"]),
    ("Polestar", &["LPS", "YSM"]),
    (
        "Pontiac",
        &["1G2", "1GM", "2CK", "2G2", "3G2", "3G7", "5Y2", "6G2"],
    ),
    ("Porsche", &["WP0", "WP1"]),
    ("Proton", &["PL1"]),
    ("Ram", &["1C6", "3C6", "3C7"]),
    (
        "Renault",
        &[
            "8A1", "93Y", "9FB", "MEE", "NM1", "VF1", "VF2", "VS5", "X7L",
        ],
    ),
    ("Renault Korea", &["KNM"]),
    ("Renault Trucks", &["VF6"]),
    ("Rivian", &["7FC", "7PD"]),
    ("Rolls-Royce", &["SCA"]),
    ("Rover", &["SAR", "SAX"]),
    ("Royal Enfield", &["ME3"]),
    ("Saab", &["5S3", "YK1", "YS3", "YTN"]),
    ("SAIPA", &["NAS"]),
    ("Saturn", &["1G8", "5G8", "5GZ", "W08"]),
    ("Scania", &["9BS", "VLU", "XLE", "YS2", "YS4"]),
    ("SEAT", &["VSS"]),
    ("Setra", &["WKK"]),
    ("Sinotruk", &["LZZ"]),
    ("Škoda", &["TMB"]),
    ("smart", &["HES", "WME"]),
    ("SsangYong", &["KPA", "KPB", "KPT"]),
    ("Sterling", &["2FZ"]),
    ("Subaru", &["4S3", "4S4", "JF1", "JF2"]),
    (
        "Suzuki",
        &[
            "2S2", "2S3", "JS1", "JS2", "JS3", "JSA", "KL5", "LC6", "MA3", "MB8", "MBH", "MHY",
            "TSM", "VSE", "VTT",
        ],
    ),
    ("SYM", &["RFG"]),
    ("Talbot", &["VF4"]),
    ("Tata", &["MAT"]),
    ("Tatra", &["TMT", "TNE"]),
    ("Temsa", &["NLT"]),
    ("Tesla", &["5YJ", "7G2", "7SA", "LRW", "XP7"]),
    (
        "Toyota",
        &[
            "1NX", "2T1", "2T3", "3MY", "3TM", "3TY", "4T1", "4T3", "4T4", "4TA", "5TB", "5TD",
            "5TE", "5TF", "5YF", "6T1", "7MU", "8AJ", "93R", "9BR", "AHT", "JT1", "JT2", "JT3",
            "JT4", "JT5", "JT7", "JTD", "JTE", "JTF", "JTG", "JTK", "JTL", "JTM", "JTN", "LFM",
            "LTV", "LVG", "MBJ", "MHF", "MR0", "MR1", "MR2", "NMT", "RL4", "SB1", "TW1", "VNK",
            "XW7", "YAR",
        ],
    ),
    ("Triumph", &["SMT"]),
    ("TVS", &["MD6"]),
    ("UAZ", &["XTT"]),
    ("Van Hool", &["YE2"]),
    ("Vauxhall", &["SKF"]),
    ("VDL", &["XMG"]),
    ("VinFast", &["RLL", "RLN"]),
    (
        "Volkswagen",
        &[
            "1V2", "1VW", "2V4", "2V8", "3VV", "3VW", "8AW", "953", "9BW", "AAV", "LFV", "LSV",
            "MEX", "VWV", "WV1", "WV2", "WV3", "WV4", "WVG", "WVW", "XW8",
        ],
    ),
    ("Volvo", &["7JR", "LVY", "LYV", "XLB", "YV1", "YV4"]),
    ("Volvo Buses", &["YV3"]),
    ("Volvo Trucks", &["4V1", "4V4", "9BV", "YB3", "YV2"]),
    ("Western Star", &["2WK"]),
    ("Wuling", &["LZW", "MK3"]),
    ("XPeng", &["L1N"]),
    (
        "Yamaha",
        &[
            "9C6", "JY3", "JY4", "JYA", "JYE", "LBP", "ME1", "MH3", "RKR", "VG5", "VTL", "ZD0",
        ],
    ),
    ("Yutong", &["LZY"]),
    ("ZAZ", &["Y6D"]),
    ("Zero", &["538"]),
];

/// North American identifiers of motorcycles, buses and heavy trucks.
const NOT_LIGHT: &[&str] = &[
    "1F6", "1FC", "1FU", "1FV", "1HD", "1HF", "1HS", "1HT", "1M1", "1M2", "1NK", "1NP", "1XK",
    "1XP", "2FU", "2FV", "2FZ", "2HS", "2NK", "2NP", "2WK", "3AK", "3AL", "3BK", "3BP", "3FE",
    "3FN", "3FR", "3HA", "3HS", "3WK", "4DR", "4UF", "4UZ", "4V1", "4V4", "538", "56K", "5HD",
    "5PV", "5VC",
];

/// The make of a VIN or its beginning, from three characters on.
pub(super) fn maker(text: &str) -> Option<&'static str> {
    let wmi = text.get(..3)?;
    MAKERS
        .iter()
        .find(|(_, identifiers)| identifiers.contains(&wmi))
        .map(|(make, _)| *make)
}

/// Whether the maker is known, and known to build cars, vans or pickups under this identifier.
pub(super) fn builds_light_vehicles(text: &str) -> bool {
    maker(text).is_some() && text.get(..3).is_some_and(|wmi| !NOT_LIGHT.contains(&wmi))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_identifier_is_well_formed_and_stands_once() {
        let mut seen = HashSet::new();
        for (make, identifiers) in MAKERS {
            assert!(!identifiers.is_empty(), "{make}");
            assert!(identifiers.is_sorted(), "{make}");
            for wmi in *identifiers {
                assert!(seen.insert(*wmi), "{wmi} stands twice");
                assert_eq!(wmi.len(), 3);
                assert!(wmi.chars().all(crate::vin::is_allowed), "{wmi}");
                assert!(crate::vin::regions::region(wmi).is_some(), "{wmi}");
            }
        }
        assert!(seen.len() > 400);
    }

    #[test]
    fn heavy_and_two_wheeled_makers_are_known_north_americans() {
        for wmi in NOT_LIGHT {
            assert!(maker(wmi).is_some(), "{wmi}");
            assert!(!builds_light_vehicles(wmi));
            assert!(wmi.starts_with(['1', '2', '3', '4', '5']));
        }
    }

    #[test]
    fn makes_stand_in_alphabetical_order() {
        let names: Vec<String> = MAKERS
            .iter()
            .map(|(make, _)| crate::fold::fold(make).replace(' ', ""))
            .collect();
        for pair in names.windows(2) {
            assert!(pair[0] < pair[1], "{} before {}", pair[0], pair[1]);
        }
    }
}
