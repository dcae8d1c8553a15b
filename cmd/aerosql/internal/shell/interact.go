package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/reeflective/readline"
	"github.com/reeflective/readline/inputrc"

	"github.com/aerosql/aerosql/querylang/parse"
)

// interact runs the shell on a terminal.
func (s *shell) interact(ctx context.Context) error {
	s.interactive, s.timing, s.autoExpand = true, true, true
	text, err := s.connection(ctx)
	if err != nil {
		return err
	}
	s.print(text + "Type \\? for help, \\q to quit. Statements end with a semicolon.\n")
	editor := s.newEditor()
	for !s.quit {
		line, err := editor.Readline()
		switch {
		case errors.Is(err, readline.ErrInterrupt):
			if strings.TrimSpace(line) == "" {
				s.print("To quit, type \\q or press Ctrl-D.\n")
			}
			continue
		case errors.Is(err, io.EOF):
			s.print("\n")
			return nil
		case err != nil:
			return err
		}
		s.interrupted = false
		if err := s.text(ctx, line); err != nil {
			s.report(err, "", 0)
		}
	}
	return nil
}

// newEditor returns the editor of lines.
func (s *shell) newEditor() *readline.Shell {
	editor := readline.NewShell(inputrc.WithApp("aerosql"))
	for _, keymap := range []string{"emacs", "emacs-standard", "vi-insert"} {
		_ = editor.Config.Bind(keymap, tabKey, "menu-complete", false) // shows the candidates
	}
	editor.Prompt.Primary(func() string { return s.prompt() + "=> " })
	editor.Prompt.Secondary(func() string { return strings.Repeat(" ", len(s.prompt())) + "-> " })
	editor.AcceptMultiline = func(line []rune) bool { return s.isComplete(string(line)) }
	editor.Completer = func(line []rune, cursor int) readline.Completions { return s.complete(string(line[:cursor])) }
	for name, value := range editorSettings {
		_ = editor.Config.Set(name, value)
	}
	if path, err := historyFile(); err == nil && s.keepHistory {
		h, err := openHistory(path)
		if err != nil {
			fmt.Fprintf(s.env.Err, "warning: the history is not kept: %v\n", err)
		} else {
			editor.History.Delete()
			editor.History.Add("statements", h)
		}
	}
	return editor
}

// editorSettings are the settings of the editor that are not its defaults. The position of the
// cursor is not asked for, because keys that are typed before the terminal has answered get lost.
// The first Tab inserts what all candidates have in common, and each further one the next
// candidate.
var editorSettings = map[string]any{
	"completion-ignore-case": true, "menu-complete-display-prefix": true, "cursor-position-probe": false, "enable-bracketed-paste": true,
}

const tabKey = "\t"

func (s *shell) prompt() string {
	if s.cfg.Namespace == "" {
		return "aerosql"
	}
	return s.cfg.Namespace
}

// isComplete reports whether what was typed so far can run: it is a command of the shell, or all
// its statements end with a semicolon.
func (s *shell) isComplete(text string) bool {
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, `\`) || s.isToolLine(trimmed) {
		return true
	}
	for rest, ended := text, true; ended; {
		if parse.IsBlank(rest) {
			return true
		}
		_, rest, ended = parse.Split(rest)
	}
	return false
}
