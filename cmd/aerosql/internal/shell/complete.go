package shell

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/reeflective/readline"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/complete"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
)

// complete returns what can follow a text, as the editor wants it.
func (s *shell) complete(text string) readline.Completions {
	found, prefix := s.candidates(text)
	list := make([]readline.Completion, len(found))
	for i, c := range found {
		list[i] = readline.Completion{Value: c.Text, Display: c.Text, Tag: c.What}
	}
	completions := readline.CompleteRaw(list)
	completions.PREFIX = prefix
	return completions
}

// candidates returns what can follow a text, and the part of the text that is the beginning of
// each.
func (s *shell) candidates(text string) (found []complete.Candidate, prefix string) {
	if line := strings.TrimLeft(text, " "); strings.HasPrefix(line, `\`) {
		return s.metaCandidates(line)
	}
	return s.completer.Candidates(context.Background(), text)
}

// completionTime is how long completion of a command waits for the cluster.
const completionTime = 500 * time.Millisecond

// metaCandidates returns what can follow the beginning of a command of the shell.
func (s *shell) metaCandidates(line string) (found []complete.Candidate, prefix string) {
	name, args, hasArgs := strings.Cut(line, " ")
	if !hasArgs {
		for _, m := range metaCommands() {
			if strings.HasPrefix(m.name, name) {
				found = append(found, complete.Candidate{Text: m.name, What: "command"})
			}
		}
		return found, name
	}
	prefix = args[strings.LastIndexByte(args, ' ')+1:]
	ctx, cancel := context.WithTimeout(context.Background(), completionTime)
	defer cancel()
	upper := strings.ToUpper(args)
	switch {
	case name == `\i`, name == `\o`, name == `\copy` && (strings.Contains(upper, " FROM ") || strings.Contains(upper, " TO ")):
		return files(prefix), prefix
	case name == `\copy` && strings.Contains(args, " "):
		return complete.Matching(prefix, complete.Group("direction", "FROM", "TO")), prefix
	case name == `\d`, name == `\di`, name == `\copy`:
		return s.completer.Tables(ctx, prefix), prefix
	case name == `\x`:
		return complete.Matching(prefix, complete.Group("value", "on", "off", "auto")), prefix
	case name == `\timing`:
		return complete.Matching(prefix, complete.Group("value", "on", "off")), prefix
	case name == `\format`:
		return complete.Matching(prefix, complete.Group("format", strings.Fields(output.Names)...)), prefix
	}
	return nil, prefix
}

// files returns the files whose names begin with a prefix.
func files(prefix string) (found []complete.Candidate) {
	paths, _ := filepath.Glob(prefix + "*")
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			path += "/"
		}
		found = append(found, complete.Candidate{Text: path, What: "file"})
	}
	return found
}
