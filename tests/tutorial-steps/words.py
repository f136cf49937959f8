"""The two spellings of the tutorial: the words it uses, and today's.

Each method returns the words of one step, without the program's name.
"""


class Today:
    """Helm 4's words."""

    name = "today's words"
    guesses = False  # whether what is left out is guessed, as after `init`

    def versions(self):
        return [["version"], ["version", "--short"]]

    def prepare(self, stable):
        return ["repo", "add", "stable", stable]

    def searches(self, word):
        return [["search", "repo", word]]

    def unnamed(self, chart, *more):
        return ["install", chart, "--generate-name", *more]

    def install(self, name, chart, *more):
        return ["install", name, chart, *more]

    def install_named(self, name, chart, *more):
        """As `install`, in the way in which nothing is to be guessed."""
        return self.install(name, chart, *more)

    def stable(self, chart):
        return f"stable/{chart}"

    def show(self, what, chart):
        return ["show", what, chart]

    def pull(self, *more):
        return ["pull", *more]

    def listing(self, name):
        return ["list", "--filter", name]

    def delete(self, name):
        return ["uninstall", name]

    def purge(self, name):
        return ["uninstall", name]

    def seconds(self, number):
        return f"--timeout={number}s"

    def dry_run(self, folder):
        return ["install", "rehearsal", folder, "--dry-run=client", "--debug"]


class Helm2(Today):
    """The words that the tutorial uses; what must be guessed is guessed after `init`."""

    name = "Helm 2's words"
    guesses = True

    def versions(self):
        return [["version"], ["version", "-c"], ["version", "-s"], ["version", "--short"]]

    def prepare(self, stable):
        return ["init", "--stable-repo-url", stable]

    def searches(self, word):
        return [["search", word], ["repo", "search", word]]

    def unnamed(self, chart, *more):
        return ["install", chart, *more]

    def install(self, name, chart, *more):
        return ["install", chart, "-n", name, *more]

    def install_named(self, name, chart, *more):
        return ["install", chart, "--name", name, *more]

    def stable(self, chart):
        return chart

    def show(self, what, chart):
        return ["inspect", what, chart]

    def pull(self, *more):
        return ["fetch", *more]

    def listing(self, name):
        return ["ls", name]

    def delete(self, name):
        return ["del", name]

    def purge(self, name):
        return ["delete", "--purge", name]

    def seconds(self, number):
        return f"--timeout={number}"

    def dry_run(self, folder):
        return ["install", "--dry-run", "--debug", folder]
