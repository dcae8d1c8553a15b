// Package command describes the commands of a program. One table of commands gives the dispatch,
// the help, the man page, the completion scripts of shells and a page of documentation.
package command

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// A Command is one command of the program.
type Command struct {
	Name string
	// Summary is one line that completes "the command is there to ...", in lower case and without a
	// period.
	Summary string
	// Args describes the arguments in the usage line, such as "[FILE]". A command with empty Args
	// accepts none.
	Args string
	// Help describes the command in paragraphs, which are separated by empty lines. A paragraph
	// whose lines begin with two spaces is printed as it is.
	Help string
	// Forms are the words that the arguments begin with, if the command has commands of its own.
	Forms []Form
	// Groups are headings for flags. Flags that are in no group come first.
	Groups []Group
	// Values says what the value of a flag is, for completion: File, Directory, or words separated
	// by spaces. A flag without an entry has free text.
	Values map[string]string
	// ArgValues is the same for the arguments.
	ArgValues string
	Examples  []Example
	// Exits are the exit codes of the command that differ from those of all commands.
	Exits []Exit
	// HandlesInterrupt means that the command itself handles the interrupt signal. Otherwise the
	// signal ends the context.
	HandlesInterrupt bool
	// Setup defines the flags and returns the function that runs the command with their values. It
	// has no other effects.
	Setup func(flags *flag.FlagSet) Run
}

// A Run runs a command with the arguments that are not flags. Flags may stand between them.
type Run func(ctx context.Context, env *Env, args []string) error

// A Form is a command of a command: its words, with variables in capital letters.
type Form struct {
	Words   string // such as "node kill NODE"
	Summary string
}

// A Group is a heading with the names of the flags below it, separated by spaces.
type Group struct{ Title, Flags string }

// An Example is a command line and what it does.
type Example struct{ Line, Summary string }

// An Exit is an exit code and its meaning.
type Exit struct {
	Code    int
	Meaning string
}

// What Values and ArgValues can say besides words.
const (
	File      = "FILE"
	Directory = "DIRECTORY"
)

// An Env is what a command reads and writes.
type Env struct {
	In       io.Reader
	Out, Err io.Writer
}

// System returns the Env of the process.
func System() *Env { return &Env{In: os.Stdin, Out: os.Stdout, Err: os.Stderr} }

// A flagInfo is what the table knows about a flag.
type flagInfo struct {
	name, argument, usage, value string
}

// flagInfos returns the flags of a command by their names.
func (c *Command) flagInfos() map[string]flagInfo {
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	c.Setup(flags)
	infos := make(map[string]flagInfo)
	flags.VisitAll(func(f *flag.Flag) { infos[f.Name] = c.flagInfo(f) })
	return infos
}

func (c *Command) flagInfo(f *flag.Flag) flagInfo {
	argument, usage := flag.UnquoteUsage(f)
	zero := slices.Contains([]string{"", "0", "false", "0s"}, f.DefValue)
	if !zero && !strings.Contains(usage, "(default ") {
		usage += " (default " + f.DefValue + ")"
	}
	return flagInfo{name: f.Name, argument: argument, usage: usage, value: c.Values[f.Name]}
}

// groupedFlags returns all flags under their headings. The heading of those without a group is
// "Flags".
func (c *Command) groupedFlags() (titles []string, flags [][]flagInfo) {
	infos := c.flagInfos()
	grouped := make(map[string]bool)
	for _, g := range c.Groups {
		for name := range strings.FieldsSeq(g.Flags) {
			grouped[name] = true
		}
	}
	var others []string
	for name := range infos {
		if !grouped[name] {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	groups := c.Groups
	if len(others) > 0 {
		groups = append([]Group{{"Flags", strings.Join(others, " ")}}, groups...)
	}
	for _, g := range groups {
		var list []flagInfo
		for name := range strings.FieldsSeq(g.Flags) {
			if _, known := infos[name]; known {
				list = append(list, infos[name])
			}
		}
		titles, flags = append(titles, g.Title), append(flags, list)
	}
	return titles, flags
}

// Check returns an error if the description of the command has a mistake. It is for tests.
func (c *Command) Check() error {
	infos := c.flagInfos()
	seen := make(map[string]bool)
	for _, g := range c.Groups {
		for name := range strings.FieldsSeq(g.Flags) {
			if _, known := infos[name]; !known || seen[name] {
				return fmt.Errorf("%s: the group %s has -%s, which is not a flag or is in two groups", c.Name, g.Title, name)
			}
			seen[name] = true
		}
	}
	for name := range c.Values {
		if _, known := infos[name]; !known {
			return fmt.Errorf("%s: Values has -%s, which is not a flag", c.Name, name)
		}
	}
	for name, info := range infos {
		if info.usage == "" {
			return fmt.Errorf("%s: -%s has no description", c.Name, name)
		}
	}
	if c.Summary == "" || c.Help == "" || len(c.Examples) == 0 {
		return fmt.Errorf("%s: the summary, the help or the examples are missing", c.Name)
	}
	return nil
}

// synopsis returns the usage line.
func (c *Command) synopsis(program string) string {
	line := program + " " + c.Name
	if len(c.flagInfos()) > 0 {
		line += " [flags]"
	}
	if c.Args != "" {
		line += " " + c.Args
	}
	return line
}
