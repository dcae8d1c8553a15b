//! Reads or writes records with the official Rust client, for the benchmarks of aerosql.
//!
//! Usage: aerosql-bench ADDR get|put|scan CALLERS MILLISECONDS RECORDS. Prints the result as JSON.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aerospike::{as_bin, as_key, Bins, Client, ClientPolicy, PartitionFilter, QueryPolicy, ReadPolicy, Statement, WritePolicy};
use futures::StreamExt;

/// Of so many calls one is timed.
const SAMPLE_EVERY: i64 = 8;

/// The CPU time of this process in seconds.
fn cpu() -> f64 {
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) };
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// What the callers do.
#[derive(Clone, Copy, PartialEq)]
enum Work {
    Get,
    Put,
    Scan,
}

/// Reads all records of the set that is scanned. There must be as many as said.
async fn scan(client: &Client, records: i64) {
    let statement = Statement::new("test", "bench-scan", Bins::All);
    let found = client.query(&QueryPolicy::default(), PartitionFilter::all(), statement).await.expect("scan");
    let (mut found, mut n) = (found.into_stream(), 0);
    while let Some(record) = found.next().await {
        n += i64::from(!record.expect("a record").bins.is_empty());
    }
    assert_eq!(n, records, "records of the scan");
}

/// Scans until stop is set. Returns the number of scans and their durations, in microseconds.
async fn scans(client: Arc<Client>, records: i64, stop: Arc<AtomicBool>) -> (i64, Vec<f64>) {
    let mut took = Vec::new();
    while took.is_empty() || !stop.load(Ordering::Relaxed) {
        let start = Instant::now();
        scan(&client, records).await;
        took.push(start.elapsed().as_secs_f64() * 1e6);
    }
    (took.len() as i64, took)
}

/// Calls until stop is set. Returns the number of calls and the durations of some, in microseconds.
async fn call(client: Arc<Client>, work: Work, caller: i64, records: i64, stop: Arc<AtomicBool>) -> (i64, Vec<f64>) {
    if work == Work::Scan {
        return scans(client, records, stop).await;
    }
    let (read_policy, write_policy) = (ReadPolicy::default(), WritePolicy::default());
    let (mut calls, mut took) = (0, Vec::new());
    let mut i = caller * 7919;
    while !stop.load(Ordering::Relaxed) {
        let start = Instant::now();
        let key = as_key!("test", "bench", i % records);
        if work == Work::Put {
            let bins = [
                as_bin!("name", "Ada Lovelace"),
                as_bin!("email", "ada@example.com"),
                as_bin!("age", i % records),
                as_bin!("score", 1.5),
                as_bin!("admin", true),
            ];
            client.put(&write_policy, &key, &bins).await.expect("put");
        } else {
            client.get(&read_policy, &key, Bins::All).await.expect("get");
        }
        if i % SAMPLE_EVERY == 0 {
            took.push(start.elapsed().as_secs_f64() * 1e6);
        }
        calls += 1;
        i += 1;
    }
    (calls, took)
}

/// Lets callers call for a time.
async fn load(client: &Arc<Client>, work: Work, callers: i64, records: i64, lasts: Duration) -> (i64, Vec<f64>) {
    let stop = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..callers).map(|c| tokio::spawn(call(client.clone(), work, c, records, stop.clone()))).collect();
    tokio::time::sleep(lasts).await;
    stop.store(true, Ordering::Relaxed);
    let (mut calls, mut took) = (0, Vec::new());
    for task in tasks {
        let (n, some) = task.await.expect("a caller failed");
        calls += n;
        took.extend(some);
    }
    (calls, took)
}

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    let number = |i: usize| args[i].parse::<i64>().expect("a number");
    let (addr, callers, records) = (args[1].clone(), number(3), number(5));
    let work = match args[2].as_str() {
        "get" => Work::Get,
        "put" => Work::Put,
        _ => Work::Scan,
    };
    let lasts = Duration::from_millis(number(4) as u64);
    let mut policy = ClientPolicy::default();
    policy.max_conns_per_node = policy.max_conns_per_node.max(callers as usize);
    let client = Arc::new(Client::new(&policy, &addr).await.expect("connect"));
    load(&client, work, callers, records, lasts / 10).await;
    let (start, used) = (Instant::now(), cpu());
    let (calls, mut took) = load(&client, work, callers, records, lasts).await;
    let (seconds, used) = (start.elapsed().as_secs_f64(), cpu() - used);
    took.sort_by(|a, b| a.total_cmp(b));
    let quantile = |q: f64| took.get((q * (took.len().max(1) - 1) as f64) as usize).copied().unwrap_or(0.0);
    println!(
        "{{\"Calls\": {calls}, \"Seconds\": {seconds}, \"CPU\": {used}, \"P50\": {}, \"P99\": {}}}",
        quantile(0.5),
        quantile(0.99)
    );
}
