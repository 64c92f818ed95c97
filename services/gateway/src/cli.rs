//! The command line: what each command and flag is called, and the one command that is too small for a file of its own.
//! What a setting may be is `config`'s to say.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use protocol::StreamPattern;
use tungstenite::http::Uri;

use crate::exit::Exit;

/// Real-time market data: makes a market, or replays one, and streams it over WebSockets.
#[derive(Clone, Debug, Parser)]
#[command(name = "tickwire", version, about, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Run the server.
    Serve(ServeFlags),
    /// Print every setting in force, and where it came from; takes the flags of `serve`.
    Config(ServeFlags),
    /// Print streams of a server, and verify them: exit code 1 if events were missing or a book was wrong.
    Tail(TailFlags),
    /// Ask a server whether it is ready: exit code 0 if so, 1 if not.
    Healthcheck(HealthcheckFlags),
}

/// Flags that go before the environment, which goes before the file, which goes before what is built in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct ServeFlags {
    /// A TOML file of settings (environment: TICKWIRE_CONFIG).
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address and port of /ws, /api/v1 and the dashboard.
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// Address and port of /live, /ready and /metrics.
    #[arg(long, value_name = "ADDR")]
    pub admin_listen: Option<String>,
    /// The directory of the built dashboard, to be served at /.
    #[arg(long, value_name = "DIR")]
    pub dashboard: Option<String>,
    /// Where events come from: simulated, replay or metronome.
    #[arg(long, value_name = "KIND")]
    pub feed: Option<String>,
    /// The recording to replay.
    #[arg(long, value_name = "FILE")]
    pub file: Option<String>,
    /// Whether the recording starts again when it ends: true or false.
    #[arg(long = "loop", value_name = "BOOL")]
    pub looped: Option<String>,
    /// The same as --loop false.
    #[arg(long, conflicts_with = "looped")]
    pub no_loop: bool,
    /// How many times faster than the clock: 0.01 to 1000.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub speed: Option<String>,
    /// What every random number of the simulated market comes from.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub seed: Option<String>,
}

/// Flags of `tail`.
#[derive(Clone, Debug, Args)]
pub struct TailFlags {
    /// Which streams: ticker:*, trades:BTC-USDT, book:10:BTC-USDT, candles:1m:BTC-USDT ...
    #[arg(required = true, value_name = "STREAM", value_parser = stream)]
    pub streams: Vec<String>,
    /// The server.
    #[arg(long, default_value = "ws://127.0.0.1:8000/ws")]
    pub url: String,
    /// Print events as they came, one a line.
    #[arg(long)]
    pub json: bool,
    /// End after so many events.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
}

/// Flags of `healthcheck`.
#[derive(Clone, Debug, Args)]
pub struct HealthcheckFlags {
    /// What to get: http only.
    #[arg(long, default_value = "http://127.0.0.1:9000/ready")]
    pub url: String,
}

fn stream(text: &str) -> Result<String, protocol::ParseStreamError> {
    text.parse::<StreamPattern>().map(|_| text.to_owned())
}

impl Cli {
    /// The command line of this process. Ends the process after `--help` and `--version`, and with
    /// [`Exit::Usage`] after a mistake.
    #[must_use]
    pub fn parse_or_exit() -> Self {
        Self::try_parse().unwrap_or_else(|error| {
            // A closed terminal is no reason for another exit code.
            let _ = error.print();
            std::process::exit(ended_by(&error).code().into())
        })
    }
}

/// Help and version are no mistakes.
fn ended_by(error: &clap::Error) -> Exit {
    if error.use_stderr() { Exit::Usage } else { Exit::Ok }
}

/// How long connecting, asking and answering may take, each.
const HEALTHCHECK_MAX: Duration = Duration::from_secs(2);
/// The longest status line of an answer.
const STATUS_LINE_BYTES_MAX: u64 = 1_024;

impl HealthcheckFlags {
    /// Asks, and says on stderr why not. An image without a shell has no other client than this.
    #[must_use]
    pub fn run(&self) -> Exit {
        match ask(&self.url) {
            Ok(status) if status.contains(" 200 ") => Exit::Ok,
            said => {
                let said = said.unwrap_or_else(|error| error.to_string());
                // Where else could it be said that stderr is closed?
                let _ = writeln!(io::stderr(), "tickwire: {}: {}", self.url, said.trim());
                Exit::Failed
            }
        }
    }
}

/// The status line of the answer.
fn ask(url: &str) -> io::Result<String> {
    let invalid = || io::Error::other("expected an address such as http://127.0.0.1:9000/ready");
    let url: Uri = url.parse().map_err(|_| invalid())?;
    let authority = url.authority().filter(|_| url.scheme_str() == Some("http")).ok_or_else(invalid)?;
    let host = authority.host().trim_matches(['[', ']']);
    let address = (host, authority.port_u16().unwrap_or(80)).to_socket_addrs()?.next().ok_or_else(invalid)?;
    let mut socket = TcpStream::connect_timeout(&address, HEALTHCHECK_MAX)?;
    socket.set_read_timeout(Some(HEALTHCHECK_MAX))?;
    socket.set_write_timeout(Some(HEALTHCHECK_MAX))?;
    write!(socket, "GET {} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n", url.path())?;
    let mut status = String::new();
    match BufReader::new(socket.take(STATUS_LINE_BYTES_MAX)).read_line(&mut status)? {
        0 => Err(io::Error::other("closed without an answer")),
        _ => Ok(status),
    }
}

impl ServeFlags {
    /// The keys that are set by flags: key, flag, value.
    pub(crate) fn given(&self) -> impl Iterator<Item = (&'static str, &'static str, &str)> {
        let no_loop = self.no_loop.then_some("false");
        [
            ("http.listen", "--listen", self.listen.as_deref()),
            ("http.admin_listen", "--admin-listen", self.admin_listen.as_deref()),
            ("http.dashboard", "--dashboard", self.dashboard.as_deref()),
            ("feed.kind", "--feed", self.feed.as_deref()),
            ("feed.file", "--file", self.file.as_deref()),
            ("feed.loop", "--loop", self.looped.as_deref()),
            ("feed.loop", "--no-loop", no_loop),
            ("feed.speed", "--speed", self.speed.as_deref()),
            ("market.seed", "--seed", self.seed.as_deref()),
        ]
        .into_iter()
        .filter_map(|(key, flag, value)| value.map(|value| (key, flag, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Result<(), Exit>) {
        let parsed = Cli::try_parse_from(line.split(' ')).map(|_| ());
        assert_eq!(parsed.map_err(|error| ended_by(&error)), expected, "{line}");
    }

    #[test]
    fn command_lines() {
        check("tickwire serve", Ok(()));
        check("tickwire serve --listen [::]:8000 --speed 10 --no-loop", Ok(()));
        check("tickwire config --seed 7", Ok(()));
        check("tickwire tail ticker:* trades:BTC-USDT --json --count 3", Ok(()));
        check("tickwire healthcheck", Ok(()));
        check("tickwire --version", Err(Exit::Ok));
        check("tickwire tail --help", Err(Exit::Ok));
        check("tickwire", Err(Exit::Usage));
        check("tickwire serve --nope", Err(Exit::Usage));
        check("tickwire serve --loop true --no-loop", Err(Exit::Usage));
        check("tickwire tail", Err(Exit::Usage));
        check("tickwire tail tickers:BTC-USDT", Err(Exit::Usage));
        check("tickwire tail ticker:* --count 0", Err(Exit::Usage));
    }

    fn check_health(answer: &'static str, expected: Exit) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/ready", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let mut socket = listener.accept().unwrap().0;
            // All of it: a socket closed with unread input is reset, and its answer lost.
            let head: Vec<String> = BufReader::new(&socket)
                .lines()
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .collect();
            socket.write_all(answer.as_bytes()).unwrap();
            head[0].clone()
        });
        assert_eq!(HealthcheckFlags { url }.run(), expected, "{answer}");
        assert_eq!(server.join().unwrap(), "GET /ready HTTP/1.1");
    }

    #[test]
    fn healthchecks() {
        check_health("HTTP/1.1 200 OK\r\n\r\n", Exit::Ok);
        check_health("HTTP/1.1 503 Service Unavailable\r\n\r\n", Exit::Failed);
        check_health("", Exit::Failed);
        for url in ["http://127.0.0.1:1/ready", "https://127.0.0.1/", "nonsense", ""] {
            assert_eq!(HealthcheckFlags { url: url.into() }.run(), Exit::Failed, "{url}");
        }
    }

    #[test]
    fn the_definition_is_sound() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
