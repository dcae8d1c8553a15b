package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// A Program is a program with commands.
type Program struct {
	Name string
	// Summary is one line about the program.
	Summary string
	// Commands are the table of commands.
	Commands []Command
	// Topics are further sections of the man page and the page of documentation, such as one about
	// the environment.
	Topics []Topic
}

// A Topic is a section of the manual: paragraphs as those of [Command.Help].
type Topic struct{ Title, Text string }

// Main runs the program with the arguments of the process and returns the exit code.
func (p *Program) Main() int {
	signals := []os.Signal{syscall.SIGTERM}
	if c := p.find(os.Args[1:]); c == nil || !c.HandlesInterrupt {
		signals = append(signals, os.Interrupt)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	return p.Execute(ctx, os.Args[1:], System())
}

// find returns the command that the first argument names, or nil.
func (p *Program) find(args []string) *Command {
	if len(args) == 0 {
		return nil
	}
	i := slices.IndexFunc(p.Commands, func(c Command) bool { return c.Name == args[0] })
	if i < 0 {
		return nil
	}
	return &p.Commands[i]
}

// Execute runs the command that the first argument names, and returns the exit code. It prints the
// error.
func (p *Program) Execute(ctx context.Context, args []string, env *Env) int {
	if len(args) == 0 {
		p.usage(env.Err)
		return ExitUsage
	}
	if c := p.find(args); c != nil {
		return p.run(ctx, c, args[1:], env)
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		return p.help(args[1:], env)
	}
	fmt.Fprintf(env.Err, "%s: unknown command %q\n\n", p.Name, args[0])
	p.usage(env.Err)
	return ExitUsage
}

// help prints the help of a command, or the list of commands.
func (p *Program) help(args []string, env *Env) int {
	c := p.find(args)
	switch {
	case c != nil:
		p.writeHelp(env.Out, c)
	case len(args) > 0:
		fmt.Fprintf(env.Err, "%s: unknown command %q\n", p.Name, args[0])
		return ExitUsage
	default:
		p.usage(env.Out)
	}
	return ExitOK
}

// run runs a command and prints its error. A command whose output is lost fails.
func (p *Program) run(ctx context.Context, c *Command, args []string, env *Env) int {
	flags := flag.NewFlagSet(p.Name+" "+c.Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	run := c.Setup(flags)
	out := NewOutput(env.Out)
	env = &Env{In: env.In, Out: out, Err: env.Err}
	rest, err := parse(flags, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		p.writeHelp(out, c)
		err = nil
	case err != nil:
		err = WithCode(ExitUsage, err)
	case c.Args == "" && len(rest) > 0:
		err = Usage("unexpected argument %q", rest[0])
	default:
		err = run(ctx, env, rest)
	}
	if err == nil {
		err = out.Err()
	}
	code := Code(err)
	if err != nil && !errors.Is(err, ErrSilent) {
		p.report(env.Err, c, code, err)
	}
	return code
}

// report prints the error of a command.
func (p *Program) report(w io.Writer, c *Command, code int, err error) {
	text := err.Error()
	if code == ExitInterrupted {
		text = "interrupted"
	}
	fmt.Fprintf(w, "%s %s: %s\n", p.Name, c.Name, text)
	if code == ExitUsage {
		fmt.Fprintf(w, "Run %s %s -h for help.\n", p.Name, c.Name)
	}
}

// parse parses flags, which may stand between the other arguments, and returns these. Arguments
// after "--" are not parsed as flags.
func parse(flags *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		left := flags.Args()
		if parsed := len(args) - len(left); len(left) == 0 || parsed > 0 && args[parsed-1] == "--" {
			return append(rest, left...), nil
		}
		rest, args = append(rest, left[0]), left[1:]
	}
}

// usage prints the list of commands.
func (p *Program) usage(w io.Writer) {
	fmt.Fprintf(w, "usage: %s command [flags]\n\n%s\n\ncommands:\n", p.Name, p.Summary)
	width := 0
	for _, c := range p.Commands {
		width = max(width, len(c.Name))
	}
	for _, c := range p.Commands {
		fmt.Fprintf(w, "  %-*s  %s\n", width, c.Name, c.Summary)
	}
	fmt.Fprintf(w, "\nRun %s command -h for the flags of a command, with examples.\n", p.Name)
}

// exits returns the exit codes of a command.
func (c *Command) exits() []Exit {
	list := slices.Clone(exits)
	for _, e := range c.Exits {
		i := slices.IndexFunc(list, func(other Exit) bool { return other.Code == e.Code })
		if i < 0 {
			list = append(list, e)
			continue
		}
		list[i] = e
	}
	slices.SortFunc(list, func(a, b Exit) int { return a.Code - b.Code })
	return list
}

// A paragraph is a part of a help text.
type paragraph struct {
	text     string
	verbatim bool
}

// paragraphs splits a help text. Paragraphs that are printed as they are and follow each other are
// one.
func paragraphs(text string) (list []paragraph) {
	for part := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		last := len(list) - 1
		if verbatim := strings.HasPrefix(part, "  "); verbatim && last >= 0 && list[last].verbatim {
			list[last].text += "\n\n" + part
		} else if verbatim {
			list = append(list, paragraph{part, true})
		} else if fields := strings.Fields(part); len(fields) > 0 {
			list = append(list, paragraph{strings.Join(fields, " "), false})
		}
	}
	return list
}
