package shell

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/parse"
)

// aqlOutputs are the values of SET OUTPUT of the aql tool.
var aqlOutputs = map[string]output.Format{"TABLE": output.Table, "JSON": output.JSON, "RAW": output.Expanded, "MUTE": ""}

// toolWords begin the statements of the aql tool that concern the tool and not the cluster.
var toolWords = []string{"GET", "RUN", "PRINT", "SYSTEM", "HELP", "QUIT", "EXIT"}

// toolSettings are the settings of the aql tool that concern the tool.
var toolSettings = []string{"OUTPUT", "ECHO", "VERBOSE"}

// isToolLine reports whether a line is one statement for the shell. It needs no semicolon.
func (s *shell) isToolLine(line string) bool {
	first, rest, _ := parse.Split(line)
	return parse.IsBlank(rest) && s.isToolStatement(first)
}

// isToolStatement reports whether a statement is for the shell: without AQL only the words that
// quit or help.
func (s *shell) isToolStatement(statement string) bool {
	words := strings.Fields(strings.ToUpper(statement))
	if len(words) == 1 && slices.Contains([]string{"QUIT", "EXIT", "HELP"}, words[0]) {
		return true
	}
	if s.cfg.Dialect != querylang.AQL || len(words) < 2 {
		return false
	}
	if words[0] == "SET" || words[0] == "RESET" {
		return slices.Contains(toolSettings, words[1])
	}
	return slices.Contains(toolWords, words[0])
}

// toolStatement runs a statement of the aql tool.
func (s *shell) toolStatement(ctx context.Context, text string) error {
	words := strings.Fields(text)
	first, rest, _ := strings.Cut(text, " ")
	switch strings.ToUpper(first) {
	case "QUIT", "EXIT":
		return s.metaQuit(ctx, "")
	case "HELP":
		return s.metaHelp(ctx, "")
	case "RUN":
		return s.metaInclude(ctx, strings.TrimSpace(rest))
	case "PRINT":
		s.print(unquote(strings.TrimSpace(rest)) + "\n")
		return nil
	case "SYSTEM":
		return fmt.Errorf("SYSTEM is not supported: the shell runs no programs; use another terminal")
	case "GET":
		return s.getSetting(ctx, strings.ToUpper(words[1]))
	case "RESET":
		words = []string{"SET", words[1], map[string]string{"OUTPUT": "TABLE"}[strings.ToUpper(words[1])]}
	}
	value := ""
	if len(words) > 2 {
		value = strings.TrimPrefix(words[len(words)-1], "=")
	}
	return s.setSetting(strings.ToUpper(words[1]), value)
}

// setSetting changes a setting of the tool.
func (s *shell) setSetting(name, value string) (err error) {
	switch name {
	case "OUTPUT":
		format, known := aqlOutputs[strings.ToUpper(value)]
		if !known {
			return fmt.Errorf("SET OUTPUT %s: use TABLE, JSON, RAW or MUTE", output.Printable(value))
		}
		if s.mute = format == ""; !s.mute {
			s.format = format
		}
	case "ECHO":
		s.echo, err = toggle("SET ECHO", true, value)
	case "VERBOSE":
		s.timing, err = toggle("SET VERBOSE", true, value)
	}
	return err
}

// getSetting prints a setting, or all of them.
func (s *shell) getSetting(ctx context.Context, name string) error {
	formatName := strings.ToUpper(string(s.format))
	if s.mute {
		formatName = "MUTE"
	}
	own := map[string]string{"OUTPUT": formatName, "ECHO": fmt.Sprint(s.echo), "VERBOSE": fmt.Sprint(s.timing)}
	for _, known := range toolSettings {
		if name == "ALL" || name == known {
			s.print(fmt.Sprintf("%s = %s\n", known, own[known]))
		}
	}
	if _, isOwn := own[name]; isOwn {
		return nil
	}
	return s.execute(ctx, "SHOW "+name)
}
