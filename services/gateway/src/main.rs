//! `tickwire`: the backend of Tickwire.

use std::io::{self, Write};

use gateway::cli::{Cli, Command, ServeFlags};
use gateway::exit::Exit;
use gateway::server::{Server, ServerEnd};
use gateway::{config, metrics, signals, tail, telemetry};

/// glibc's allocator keeps what ten thousand connections have used for ever; musl's is slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Exit {
    match Cli::parse_or_exit().command {
        Command::Serve(flags) => serve(&flags),
        Command::Config(flags) => show_config(&flags),
        Command::Tail(flags) => on_runtime(tail::run(&flags)),
        Command::Healthcheck(flags) => flags.run(),
    }
}

fn serve(flags: &ServeFlags) -> Exit {
    let config = match config::load(flags, std::env::vars_os()) {
        Ok(loaded) => loaded.config,
        Err(mistakes) => return exit_with(Exit::Usage, &mistakes),
    };
    if let Err(error) = telemetry::init(&config.log) {
        return exit_with(Exit::Software, &error);
    }
    on_runtime(async {
        let metrics = match metrics::install() {
            Ok(metrics) => metrics,
            Err(error) => return exit_with(Exit::Software, &error),
        };
        let shutdown = signals::shutdown();
        let server = match Server::start(config, metrics).await {
            Ok(server) => server,
            Err(error) => return exit_with(Exit::Failed, &format!("{error:#}")),
        };
        tracing::info!(address = %server.address, admin.address = %server.admin_address, "listening");
        match server.run(shutdown).await {
            ServerEnd::Drained | ServerEnd::FeedEnded => Exit::Ok,
            ServerEnd::FeedFailed(error) => exit_with(Exit::BadData, &error),
            ServerEnd::EngineLost => exit_with(Exit::Software, &"the engine has stopped"),
        }
    })
}

fn show_config(flags: &ServeFlags) -> Exit {
    match config::load(flags, std::env::vars_os()) {
        Ok(loaded) => {
            // A closed pipe is no mistake: nobody wants to read on.
            let _ = write!(io::stdout(), "{loaded}");
            Exit::Ok
        }
        Err(mistakes) => exit_with(Exit::Usage, &mistakes),
    }
}

fn on_runtime(task: impl Future<Output = Exit>) -> Exit {
    match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime.block_on(task),
        Err(error) => exit_with(Exit::Software, &error),
    }
}

/// The last word of a process that did not do what it was asked.
#[allow(clippy::print_stderr, reason = "the log may not be there yet")]
fn exit_with(exit: Exit, why: &dyn std::fmt::Display) -> Exit {
    eprintln!("tickwire: {why}");
    exit
}
