//! The real Nginx with the real configuration, as the image starts it, but for ports and folders.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use testkit::{Scratch, eventually};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const PREFIX: &str = "ENTRANCE_";

/// An entrance on a free port; it ends with the test.
pub(crate) struct Nginx {
    pub(crate) address: SocketAddr,
    process: Child,
    scratch: Scratch,
}

impl Nginx {
    /// Starts one with these settings, and waits until it answers.
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        let scratch = Scratch::new();
        let address = free_address();
        let config = scratch.write("nginx.conf", render(&environment(&scratch, address, settings)));
        check(&config);
        let process = command(&config)
            .args(["-g", "daemon off;"])
            .stdout(File::create(scratch.path().join("access.log")).unwrap())
            .stderr(File::create(scratch.path().join("error.log")).unwrap())
            .spawn()
            .unwrap();
        let mut nginx = Self { address, process, scratch };
        eventually("Nginx", async || {
            assert_eq!(nginx.process.try_wait().unwrap(), None, "{}", nginx.read("error.log"));
            tokio::net::TcpStream::connect(address).await.ok()
        })
        .await;
        nginx
    }

    /// One before a backend.
    pub(crate) async fn before(backend: SocketAddr, settings: &[(&str, &str)]) -> Self {
        let backend = backend.to_string();
        Self::start(&[&[("ENTRANCE_BACKEND", backend.as_str())], settings].concat()).await
    }

    /// The lines of the access log so far.
    pub(crate) fn access_log(&self) -> Vec<String> {
        self.read("access.log").lines().map(str::to_owned).collect()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.scratch.path().join(name)).unwrap_or_default()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // SIGTERM, so that its workers end with it.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

/// What `cargo xtask test` says where it is.
pub(crate) fn path_from(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run `cargo xtask test`, which builds what it names")
    })
}

/// A port that nobody else has now.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn command(config: &str) -> Command {
    let mut nginx = Command::new(path_from("XTASK_NGINX"));
    nginx.args(["-e", "stderr", "-c", config]).stdin(Stdio::null());
    nginx
}

/// `nginx -t`: nothing wrong, and nothing to be warned of. Who is not root may not change users, and is told so.
fn check(config: &str) {
    let output = command(config).arg("-t").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let warned = said.lines().any(|line| line.contains("[warn]") && !line.contains("\"user\" directive"));
    assert!(output.status.success() && !warned, "{said}");
}

/// The variables as the image's entrypoint has them after it has sourced the settings.
fn environment(
    scratch: &Scratch,
    address: SocketAddr,
    settings: &[(&str, &str)],
) -> BTreeMap<String, String> {
    let mut shell = Command::new("sh");
    shell.args(["-eu", "-c", ". \"$0\" && env", &format!("{ROOT}/infra/nginx/16-entrance.envsh")]);
    shell.env("ENTRANCE_LISTEN", address.to_string()).env("ENTRANCE_SCRATCH", scratch.path());
    shell.env("ENTRANCE_WORKERS", "1").env("ENTRANCE_WORKER_CONNECTIONS", "1024");
    let output = shell.envs(settings.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let pairs = lines.lines().filter_map(|line| line.split_once('='));
    pairs
        .filter(|(name, _)| name.starts_with(PREFIX))
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

/// What envsubst makes of the template.
fn render(environment: &BTreeMap<String, String>) -> String {
    let template = PathBuf::from(ROOT).join("infra/nginx/nginx.conf.template");
    let template = fs::read_to_string(template).unwrap();
    let fill = |text: String, (name, value): (&String, &String)| text.replace(&format!("${{{name}}}"), value);
    let config = environment.iter().fold(template, fill);
    let left = config.lines().find(|line| line.contains("${") && !line.trim_start().starts_with('#'));
    assert_eq!(left, None, "a variable that 16-entrance.envsh does not export");
    config
}
