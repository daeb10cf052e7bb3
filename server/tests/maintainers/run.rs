//! The program of `.ci/controls`, which says how to use it.

#[path = "controls.rs"]
mod controls;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use controls::{Control, Engine};

const TESTS: [&str; 5] = ["test", "-p", "server", "--test", "site"];
/// Without their control some tests never end.
const BOUND: Duration = Duration::from_mins(4);
/// The first build compiles the dependencies, and runs all tests on the unchanged code.
const FIRST: Duration = Duration::from_hours(1);

enum Run {
    Passed,
    Failed,
    NeverEnds,
}

/// A copy of the last commit, with its own target folder.
struct Copy {
    folder: PathBuf,
    target: PathBuf,
    log: PathBuf,
}

impl Copy {
    fn new(number: usize) -> Self {
        let all = controls::root().join("target/controls");
        fs::create_dir_all(&all).expect("a folder");
        let all = all.canonicalize().expect("the folder");
        let copy = Self {
            folder: all.join(format!("copy-{number}")),
            target: all.join(format!("target-{number}")),
            log: all.join(format!("log-{number}")),
        };
        copy.remove();
        let folder = copy.folder.to_string_lossy();
        assert!(git(&["worktree", "add", "-q", "-f", "--detach", &folder]));
        copy
    }

    fn remove(&self) {
        let folder = self.folder.to_string_lossy();
        if self.folder.exists() {
            git(&["worktree", "remove", "--force", &folder]);
        }
    }

    /// Runs `cargo test` with these arguments, too. Its output is in the log.
    fn cargo_test(&self, on: Engine, arguments: &[&str], bound: Duration) -> Run {
        let mut command = Command::new("cargo");
        if on == Engine::Postgres {
            command = Command::new(self.folder.join(".ci/with-postgres"));
            command.arg("cargo");
        }
        let log = File::create(&self.log).expect("the log");
        let mut child = command
            .args(TESTS)
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("LEPTOS_OUTPUT_NAME", "latchkey")
            .stdout(log.try_clone().expect("the log"))
            .stderr(log)
            .process_group(0)
            .spawn()
            .expect("cargo");
        let group = format!("-{}", child.id());
        let kill = |signal| Command::new("kill").args([signal, "--", &group]).output();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child") {
                break Some(status);
            }
            if start.elapsed() > bound {
                kill("-TERM").expect("kill");
                child.wait().expect("a child");
                break None;
            }
            thread::sleep(Duration::from_millis(50));
        };
        // Servers that a test has started and not ended.
        kill("-KILL").expect("kill");
        match status {
            None => Run::NeverEnds,
            Some(status) if status.success() => Run::Passed,
            Some(_) => Run::Failed,
        }
    }

    /// Whether the tests notice that the control is missing, and the verdict in words.
    fn verdict(&self, control: &Control) -> (bool, String) {
        let changed = match control.files_without(&self.folder) {
            Ok(changed) => changed,
            Err(error) => return (false, format!("NOT FOUND: {error}")),
        };
        let read = |file: &PathBuf| (file.clone(), fs::read_to_string(file).expect("a file"));
        let before: BTreeMap<PathBuf, String> = changed.keys().map(read).collect();
        write(&changed);
        let verdict = self.verdict_on_changed(control);
        write(&before);
        verdict
    }

    fn verdict_on_changed(&self, control: &Control) -> (bool, String) {
        let Run::Passed = self.cargo_test(Engine::Sqlite, &["-q", "--no-run"], FIRST) else {
            return (false, "DOES NOT BUILD".to_owned());
        };
        let run = self.cargo_test(control.on, &["-q", &control.noticed_by], BOUND);
        let red = self.red();
        match (run, red.first()) {
            (Run::Passed, _) => (false, format!("NOT NOTICED by {}", control.noticed_by)),
            (_, Some(first)) => (true, format!("red: {}, first {first}", red.len())),
            (Run::NeverEnds, None) => (true, "red: it never ends".to_owned()),
            (Run::Failed, None) => (false, "DOES NOT RUN".to_owned()),
        }
    }

    /// The failed tests, from the list at the end of cargo's output.
    fn red(&self) -> Vec<String> {
        let log = fs::read(&self.log).expect("the log");
        let log = String::from_utf8_lossy(&log);
        let names = log.lines().filter_map(|line| line.strip_prefix("    "));
        let is_path = |c: char| c.is_ascii_alphanumeric() || "_:".contains(c);
        let names = names.filter(|name| name.contains("::") && name.chars().all(is_path));
        let mut red: Vec<String> = names.map(str::to_owned).collect();
        red.sort_unstable();
        red.dedup();
        red
    }
}

fn git(arguments: &[&str]) -> bool {
    let mut git = Command::new("git");
    let status = git.current_dir(controls::root()).args(arguments).status();
    status.expect("git").success()
}

fn write(files: &BTreeMap<PathBuf, String>) {
    for (file, text) in files {
        fs::write(file, text).expect("a file to write");
    }
}

/// The controls that `arguments` name, or all; and how many run at a time.
fn wanted(arguments: impl Iterator<Item = String>) -> (Vec<Control>, usize) {
    let (mut jobs, mut done, mut names) = (1, String::new(), Vec::new());
    let mut arguments = arguments.skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().expect("a value after the option");
        match argument.as_str() {
            "--jobs" => jobs = value().parse().expect("a number"),
            "--resume" => done = fs::read_to_string(value()).expect("an earlier output"),
            _ => names.push(argument),
        }
    }
    let mut wanted = controls::controls();
    for name in &names {
        let known = wanted.iter().any(|control| control.name == *name);
        assert!(known, "no control is called {name}");
    }
    let is_red = |line: &&str| line.contains(" red: ");
    let red: Vec<&str> = done
        .lines()
        .filter(is_red)
        .filter_map(|line| line.split(' ').next())
        .collect();
    wanted.retain(|control| names.is_empty() || names.contains(&control.name));
    wanted.retain(|control| !red.contains(&&*control.name));
    (wanted, jobs)
}

fn main() -> ExitCode {
    let (wanted, jobs) = wanted(std::env::args());
    if !git(&["diff", "--quiet", "HEAD", "--", "app", "server"]) {
        eprintln!("controls: commit first");
        return ExitCode::FAILURE;
    }
    let copies: Vec<Copy> = (1..=jobs).map(Copy::new).collect();
    let ok = green_at_first(&copies[0], &wanted) && {
        // The other copies start from what the first has built.
        for copy in copies.iter().filter(|copy| !copy.target.exists()) {
            let mut cp = Command::new("cp");
            let cp = cp.arg("-pR").args([&copies[0].target, &copy.target]);
            assert!(cp.status().expect("cp").success());
        }
        check_all(&copies, &wanted)
    };
    copies.iter().for_each(Copy::remove);
    if ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A test that fails on unchanged code would seem to notice every change.
fn green_at_first(copy: &Copy, wanted: &[Control]) -> bool {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let of_it = wanted.iter().filter(|control| control.on == engine);
        let filters: Vec<&str> = of_it.map(|control| &*control.noticed_by).collect();
        if filters.is_empty() {
            continue;
        }
        let arguments = [&["-q", "--"], &filters[..]].concat();
        if !matches!(copy.cargo_test(engine, &arguments, FIRST), Run::Passed) {
            eprintln!(
                "controls: these tests fail with every control in place: {:?}",
                copy.red()
            );
            eprintln!("{}", copy.log.display());
            return false;
        }
    }
    true
}

/// Whether every missing control is noticed. Prints each verdict when it is known.
fn check_all(copies: &[Copy], wanted: &[Control]) -> bool {
    let next = Mutex::new(wanted.iter());
    let unnoticed = Mutex::new(0);
    let work = |copy: &Copy| {
        while let Some(control) = { next.lock().expect("the list").next() } {
            let start = Instant::now();
            let (noticed, verdict) = copy.verdict(control);
            let took = start.elapsed().as_secs();
            println!("{:<60} {verdict} ({took} s)", control.name);
            if !noticed {
                *unnoticed.lock().expect("the count") += 1;
            }
        }
    };
    thread::scope(|scope| {
        for copy in copies {
            scope.spawn(|| work(copy));
        }
    });
    let unnoticed = unnoticed.into_inner().expect("the count");
    println!("{} controls, {unnoticed} not noticed", wanted.len());
    unnoticed == 0
}
