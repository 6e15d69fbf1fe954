//! A bot to be compiled: a crate of its own, outside of the workspace.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cost::{Cost, Watch};

/// How the handlers are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Methods without a hook: what the handlers themselves cost.
    Plain,
    /// Methods of a `#[bot]` block.
    Methods,
    /// Functions in `handlers![…]`.
    Functions,
}

impl Form {
    pub(crate) const ALL: [Form; 3] = [Form::Plain, Form::Methods, Form::Functions];

    /// The program of a bot with so many handlers.
    fn program(self, handlers: usize) -> String {
        let each = |text: &dyn Fn(usize) -> String| (0..handlers).map(text).collect::<String>();
        let hook = |index| format!("#[on_event(\"leaf/step-{index:03}\")]\n");
        let (items, bot) = match self {
            Form::Plain => {
                let methods = each(&|index| handler(index, "&self, "));
                let items = format!(
                    "struct Leaf;\n\n#[allow(dead_code)]\nimpl Leaf {{\n{methods}}}\n\n\
                     #[bot]\nimpl Leaf {{\n#[on_typing]\nasync fn typing(&self) {{}}\n}}\n"
                );
                (items, "Leaf".to_owned())
            }
            Form::Methods => {
                let methods = each(&|index| hook(index) + &handler(index, "&self, "));
                let items = format!("struct Leaf;\n\n#[bot]\nimpl Leaf {{\n{methods}}}\n");
                (items, "Leaf".to_owned())
            }
            Form::Functions => {
                let functions = each(&|index| hook(index) + &handler(index, ""));
                let list = each(&|index| format!("step_{index:03}, "));
                (functions, format!("handlers![{list}]"))
            }
        };
        format!(
            "use onhook::prelude::*;\n\n{items}\n\
             fn main() {{\n\
             let (turn, bot) = (onhook::testing::TestTurn::event(\"leaf/step-000\"), {bot});\n\
             let mut context = std::task::Context::from_waker(std::task::Waker::noop());\n\
             let turned = std::pin::pin!(turn.run(&bot)).poll(&mut context);\n\
             assert!(turned.is_ready());\n\
             }}\n"
        )
    }
}

/// A handler with two arguments from the activity, which says something.
fn handler(index: usize, receiver: &str) -> String {
    format!(
        "async fn step_{index:03}({receiver}turn: &Turn, name: Name<'_>, sender: Sender<'_>) -> Result<()> {{\n\
         let caller = sender.name.as_deref().unwrap_or(\"caller\");\n\
         if name.is_empty() {{ return Ok(()); }}\n\
         turn.say(format!(\"{{caller}} is at step {index}\")).await?;\n\
         Ok(())\n}}\n"
    )
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Form::Plain => "no hooks",
            Form::Methods => "#[bot]",
            Form::Functions => "handlers![]",
        })
    }
}

/// A crate on disk.
pub(crate) struct Leaf {
    folder: PathBuf,
    targets: PathBuf,
}

impl Leaf {
    /// Writes the crate into its own folder below `folder`; all of them share what they depend on.
    pub(crate) fn write(folder: &Path, form: Form, handlers: usize) -> Result<Leaf, String> {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
        let workspace = tests.parent().ok_or("the package has no folder above it")?;
        let name = match form {
            Form::Plain => "plain",
            Form::Methods => "methods",
            Form::Functions => "functions",
        };
        let leaf = Leaf {
            folder: folder.join(format!("{name}-{handlers}")),
            targets: folder.join("target"),
        };
        let manifest = format!(
            "[package]\nname = \"{name}-{handlers}\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\nonhook = {{ path = '{}' }}\n",
            workspace.join("runtime").display()
        );
        let write = || {
            fs::create_dir_all(leaf.folder.join("src"))?;
            fs::write(leaf.folder.join("Cargo.toml"), manifest)?;
            // The versions that the workspace uses, which are here already.
            fs::copy(workspace.join("Cargo.lock"), leaf.folder.join("Cargo.lock"))?;
            fs::write(leaf.program(), form.program(handlers))
        };
        write().map_err(|error: std::io::Error| format!("{}: {error}", leaf.folder.display()))?;
        Ok(leaf)
    }

    fn program(&self) -> PathBuf {
        self.folder.join("src/main.rs")
    }

    /// Builds everything from nothing.
    pub(crate) fn clean_build(&self) -> Result<Cost, String> {
        match fs::remove_dir_all(&self.targets) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error.to_string());
            }
            _ => {}
        }
        let watch = Watch::start();
        run(self.cargo("build", "target"))?;
        Ok(watch.stop())
    }

    /// `cargo check` of this crate alone.
    pub(crate) fn check(&self) -> Result<Cost, String> {
        self.again(self.cargo("check", "target"))
    }

    /// `cargo build` of this crate alone.
    pub(crate) fn build(&self) -> Result<Cost, String> {
        self.again(self.cargo("build", "target"))
    }

    /// What the compiler says that the expansion of its macros took. It only says so as if it were a nightly
    /// one, which the build scripts of dependencies look at: they are kept in a folder of their own.
    pub(crate) fn expand(&self) -> Result<Cost, String> {
        self.touch()?;
        let mut cargo = self.cargo("rustc", "expansion");
        cargo
            .args(["--profile", "dev", "--", "-Ztime-passes"])
            .env("RUSTC_BOOTSTRAP", "1");
        let passes = run(cargo)?;
        let seconds = passes
            .lines()
            .find(|line| line.ends_with("macro_expand_crate"))
            .and_then(|line| {
                line.split_once("time:")?
                    .1
                    .split(';')
                    .next()?
                    .trim()
                    .parse()
                    .ok()
            })
            .ok_or_else(|| format!("the compiler does not say how long it expanded: {passes}"))?;
        Ok(Cost {
            wall: seconds,
            cpu: None,
        })
    }

    fn again(&self, cargo: Command) -> Result<Cost, String> {
        self.touch()?;
        let watch = Watch::start();
        run(cargo)?;
        Ok(watch.stop())
    }

    fn touch(&self) -> Result<(), String> {
        let touched = fs::File::options()
            .append(true)
            .open(self.program())
            .and_then(|file| file.set_modified(std::time::SystemTime::now()));
        touched.map_err(|error| error.to_string())
    }

    fn cargo(&self, command: &str, targets: &str) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args([command, "--offline", "--target-dir"])
            .arg(self.targets.with_file_name(targets))
            .current_dir(&self.folder)
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS")
            .stdin(Stdio::null());
        cargo
    }
}

/// Everything that the command says.
fn run(mut command: Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    if output.status.success() {
        Ok(said.into_owned())
    } else {
        Err(format!("{command:?}: {said}"))
    }
}
