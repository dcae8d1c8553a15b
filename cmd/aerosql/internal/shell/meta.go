package shell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
)

// A metaCommand is a command of the shell, which begins with a backslash.
type metaCommand struct {
	name, args, summary string
	run                 func(s *shell, ctx context.Context, args string) error
}

// metaCommands returns all commands in the order of the help.
func metaCommands() []metaCommand {
	return []metaCommand{
		{`\?`, "", "list these commands", (*shell).metaHelp},
		{`\q`, "", "quit; so does Ctrl-D", (*shell).metaQuit},
		{`\d`, "[TABLE]", "list the tables, or describe one with its indexes", (*shell).metaDescribe},
		{`\di`, "[TABLE]", "list the indexes", listing("SHOW INDEXES", " FROM ")},
		{`\dn`, "", "list the namespaces", listing("SHOW NAMESPACES", " LIKE ")},
		{`\df`, "[PATTERN]", `list the functions of SQL, such as \df list%`, listing("SHOW FUNCTIONS", " LIKE ")},
		{`\dm`, "", "list the modules of functions in Lua", listing("SHOW MODULES", " LIKE ")},
		{`\du`, "", "list the users", listing("SHOW USERS", " LIKE ")},
		{`\dj`, "", "list the running queries and jobs", listing("SHOW JOBS", " LIKE ")},
		{`\x`, "[on|off|auto]", "print each column in a line: always, never, or if a table is too wide", (*shell).metaExpand},
		{`\format`, "[FORMAT]", "print rows as " + strings.ReplaceAll(output.Names, " ", ", "), (*shell).metaFormat},
		{`\timing`, "[on|off]", "print the time of each statement", (*shell).metaTiming},
		{`\watch`, "[SECONDS]", "run the last statement again and again, until Ctrl-C", (*shell).metaWatch},
		{`\copy`, "TABLE FROM FILE | TABLE TO FILE | (QUERY) TO FILE", "load a table from a file, or write a table or rows to a file: .csv, .jsonl, .asb", (*shell).metaCopy},
		{`\i`, "FILE", "run the statements of a file, up to the first error", (*shell).metaInclude},
		{`\o`, "[FILE]", "write rows to a file, or to the terminal again", (*shell).metaOutput},
		{`\c`, "PROFILE | DSN", "connect to another cluster", (*shell).metaConnect},
		{`\conninfo`, "", "print the data source name and the nodes", (*shell).metaConnInfo},
		{`\explain`, "STATEMENT", "draw the plan of a statement as a tree", (*shell).metaExplain},
	}
}

// metaForms describes the commands for the manual.
func metaForms() (forms []command.Form) {
	for _, m := range metaCommands() {
		forms = append(forms, command.Form{Words: strings.TrimSpace(m.name + " " + m.args), Summary: m.summary})
	}
	return forms
}

// errNoCommand means that the shell has no such command.
var errNoCommand = errors.New("no such command")

// meta runs a command and prints its error.
func (s *shell) meta(ctx context.Context, text, source string, line int) {
	text = strings.TrimSuffix(text, ";")
	s.interrupted = false
	if err := s.runMeta(ctx, text); err != nil {
		s.report(err, source, line)
	}
}

func (s *shell) runMeta(ctx context.Context, text string) error {
	if !strings.HasPrefix(text, `\`) {
		return s.toolStatement(ctx, text)
	}
	name, args, _ := strings.Cut(text, " ")
	for _, m := range metaCommands() {
		if m.name == name {
			args = strings.TrimSpace(args)
			if m.args == "" && args != "" {
				return fmt.Errorf(`%s has no arguments`, name)
			}
			return m.run(s, ctx, args)
		}
	}
	return fmt.Errorf(`%w: %s; \? lists them`, errNoCommand, output.Printable(name))
}

func (s *shell) metaHelp(context.Context, string) error {
	for _, m := range metaCommands() {
		if head := strings.TrimSpace(m.name + " " + m.args); len(head) > 24 {
			s.print(fmt.Sprintf("  %s\n  %-24s %s\n", head, "", m.summary))
		} else {
			s.print(fmt.Sprintf("  %-24s %s\n", head, m.summary))
		}
	}
	s.print("Statements end with a semicolon. Tab completes, Ctrl-R searches the history, Ctrl-C ends a statement.\n")
	return nil
}

func (s *shell) metaQuit(context.Context, string) error {
	s.quit = true
	return nil
}

// listing returns the command that runs a SHOW statement. The argument, if there is one, follows a
// word: it is a table after FROM and a pattern after LIKE.
func listing(show, word string) func(s *shell, ctx context.Context, args string) error {
	return func(s *shell, ctx context.Context, args string) error {
		text := show
		switch {
		case args == "":
		case strings.Contains(word, "LIKE"):
			text += word + "'" + strings.ReplaceAll(args, "'", "''") + "'"
		default:
			text += word + args
		}
		return s.execute(ctx, text)
	}
}

func (s *shell) metaDescribe(ctx context.Context, args string) error {
	if args == "" {
		return s.execute(ctx, "SHOW TABLES")
	}
	if err := s.execute(ctx, "DESCRIBE "+args); err != nil {
		return err
	}
	return s.execute(ctx, "SHOW INDEXES FROM "+args)
}

// toggle returns the value of an argument on, off or none, which changes the value.
func toggle(name string, now bool, arg string) (bool, error) {
	switch strings.ToLower(arg) {
	case "":
		return !now, nil
	case "on", "true":
		return true, nil
	case "off", "false":
		return false, nil
	}
	return now, fmt.Errorf("%s %s: use on or off", name, output.Printable(arg))
}

func (s *shell) metaTiming(_ context.Context, args string) (err error) {
	if s.timing, err = toggle(`\timing`, s.timing, args); err == nil {
		s.note("Timing is %s.\n", onOff(s.timing))
	}
	return err
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (s *shell) metaExpand(_ context.Context, args string) error {
	if strings.EqualFold(args, "auto") {
		s.format, s.autoExpand = output.Table, true
		s.note("Tables that are too wide are expanded.\n")
		return nil
	}
	on, err := toggle(`\x`, s.format == output.Expanded, args)
	if err != nil {
		return fmt.Errorf("%w, or auto", err)
	}
	s.format, s.autoExpand = output.Table, false
	if on {
		s.format = output.Expanded
	}
	s.note("Expanded output is %s.\n", onOff(on))
	return nil
}

func (s *shell) metaFormat(_ context.Context, args string) (err error) {
	if args == "" {
		s.print(string(s.format) + "\n")
		return nil
	}
	format, err := output.Parse(args)
	if err == nil {
		s.format = format
	}
	return err
}

// metaWatch runs the last statement until an interrupt or an error.
func (s *shell) metaWatch(ctx context.Context, args string) error {
	seconds := 2.0
	if args != "" {
		var err error
		if seconds, err = strconv.ParseFloat(args, 64); err != nil || seconds < 0.1 || seconds > 86400 {
			return fmt.Errorf(`\watch %s: use a number of seconds, 0.1 to 86400`, output.Printable(args))
		}
	}
	if s.last == "" {
		return errors.New(`\watch: there is no statement to run again`)
	}
	for {
		s.note("%s, every %g s\n", time.Now().Format(time.DateTime), seconds)
		if err := s.execute(ctx, s.last); err != nil {
			if s.interrupted {
				s.interrupted = false // it ends only the watching
				return nil
			}
			return err
		}
		if s.waitInterrupted(ctx, time.Duration(seconds*float64(time.Second))) {
			return nil
		}
	}
}

// waitInterrupted waits, and reports whether an interrupt has ended it.
func (s *shell) waitInterrupted(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return false
	case <-s.interrupts:
	case <-ctx.Done():
	}
	return true
}

// maxIncludes limits how deep files can include each other.
const maxIncludes = 16

// metaInclude runs a file up to its first error.
func (s *shell) metaInclude(ctx context.Context, args string) error {
	if s.files == maxIncludes {
		return fmt.Errorf(`\i: files include each other more than %d deep`, maxIncludes)
	}
	f, err := os.Open(unquote(args))
	if err != nil {
		return err
	}
	defer f.Close()
	failed := s.failed
	s.failed = false
	s.files++
	err = s.script(ctx, f, unquote(args))
	s.files--
	s.failed = s.failed || failed
	return err
}

func (s *shell) metaOutput(_ context.Context, args string) error {
	if args == "" {
		return s.closeOutput()
	}
	return s.redirect(unquote(args))
}

func (s *shell) metaConnect(ctx context.Context, args string) error {
	if args == "" {
		return errors.New(`\c needs the name of a profile or a data source name`)
	}
	cfg, err := connect.Named(s.env, args)
	if err != nil {
		return err
	}
	before := s.cfg
	s.cfg = cfg
	if err := s.connect(ctx); err != nil {
		s.cfg = before
		return err
	}
	return s.metaConnInfo(ctx, "")
}

func (s *shell) metaExplain(ctx context.Context, args string) error {
	return s.execute(ctx, "EXPLAIN "+args)
}

// unquote removes the quotes around the name of a file.
func unquote(text string) string {
	if n := len(text); n >= 2 && (text[0] == '\'' || text[0] == '"') && text[n-1] == text[0] {
		return text[1 : n-1]
	}
	return text
}
