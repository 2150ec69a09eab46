//! Files of documents where Central keeps them in a bucket: over either of two Centrals, over a line to
//! the store that loses answers, with a Central that is killed in the middle.

use rand::SeedableRng;
use rand::rngs::StdRng;
use servease_tests::central::Postgres;
use servease_tests::processes::{
    Bucket, Central, Company, Desk, EMAIL, Fault, PASSWORD, Proxy, Site,
};

use crate::files::{End, add, files_arrive_whole, get, in_order, out, state, text};

/// How often Central is killed.
const KILLS: u32 = 6;

/// The one file that is to be in a bucket, whole, and nothing beside it.
#[track_caller]
fn holds_only(bucket: &Bucket, contents: &[&[u8]]) {
    let mut lengths: Vec<u64> = contents.iter().map(|it| it.len() as u64).collect();
    lengths.sort_unstable();
    let objects = bucket.objects();
    let mut found: Vec<u64> = objects.iter().map(|(_, length)| *length).collect();
    found.sort_unstable();
    assert_eq!(found, lengths, "{objects:?}");
}

#[test]
fn parts_of_a_desk_may_come_to_either_of_two_centrals_on_postgres() {
    let (bucket, postgres) = (Bucket::start(), Postgres::find());
    let mut variables = bucket.variables();
    let url = postgres.database("two_centrals");
    variables.push(("SERVEASE_DATABASE_URL".to_owned(), url));
    // A folder each: they share the database and the bucket.
    let sites = [Site::with(variables.clone()), Site::with(variables)];
    sites[0].add_user(EMAIL, ("Ann", "Ng"), PASSWORD);
    let centrals = sites.each_ref().map(Central::start);
    let proxy = Proxy::start(centrals[0].address());
    let (front, back) = (Desk::new(), Desk::new());
    for desk in [&front, &back] {
        desk.login(&proxy.url(), EMAIL, PASSWORD);
        desk.sync();
    }
    let (folder, out) = out();
    let bo = front.customer("Bo", "Diaz");
    let content = text(3_500_000, &mut StdRng::seed_from_u64(3));
    let id = add(&front, folder.path(), &bo, &content);
    proxy.set_upstreams(centrals.iter().map(Central::address).collect());
    front.sync();
    assert_eq!(state(&front, &id), "here");
    let seen = proxy.seen("/");
    in_order(&seen);
    let parts = seen.iter().filter(|it| it.method == "PUT").count();
    assert!(parts >= 4, "{parts} parts, a request each in turn");
    holds_only(&bucket, &[&content]);
    back.sync();
    proxy.fail("", 1, Fault::CutAnswer);
    let args = ["document", "get", &id, "--out", out.to_str().unwrap()];
    back.output(&args, "");
    assert!(get(&back, &id, &out) == content);
    for site in &sites {
        let data = site.data();
        assert!(
            !data
                .join("files/arriving")
                .read_dir()
                .unwrap()
                .any(|_| true)
        );
    }
}

#[test]
fn an_answer_of_the_store_that_is_lost_loses_no_file_and_leaves_none_behind() {
    let bucket = Bucket::start();
    let line = Proxy::start(bucket.address());
    let url = line.url();
    let mut variables = bucket.variables();
    for (name, value) in &mut variables {
        if name == "AWS_ENDPOINT_URL" {
            value.clone_from(&url);
        }
    }
    let company = Company::on(Site::with(variables));
    let (front, back) = (company.desk(), company.desk());
    let (folder, out) = out();
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    let mut contents = Vec::new();
    for (number, fault) in [
        Fault::LoseAnswer,
        Fault::CutAnswer,
        Fault::LoseRequest,
        Fault::Duplicate,
    ]
    .into_iter()
    .enumerate()
    {
        // Whatever is asked of the store meets it, the first time and once more: a look, a list, a
        // part, the whole, a deletion.
        let content = text(600_000, &mut StdRng::seed_from_u64(number as u64));
        let id = add(&front, folder.path(), &bo, &content);
        for _ in 0..3 {
            line.fail("", 2, fault.clone());
            front.output(&["sync", "--once"], "");
        }
        line.clear();
        front.sync();
        assert_eq!(state(&front, &id), "here", "{fault:?}");
        back.sync();
        // The look at the file, and its bytes.
        let args = ["document", "get", &id, "--out", out.to_str().unwrap()];
        line.fail("", 2, fault.clone());
        back.output(&args, "");
        line.clear();
        assert!(get(&back, &id, &out) == content, "{fault:?}");
        contents.push(content);
    }
    let contents: Vec<&[u8]> = contents.iter().map(Vec::as_slice).collect();
    holds_only(&bucket, &contents);
}

#[test]
fn files_arrive_whole_in_a_bucket_whenever_central_is_killed() {
    let bucket = Bucket::start();
    let company = Company::on(Site::with(bucket.variables()));
    files_arrive_whole(company, End::Central, KILLS);
}
