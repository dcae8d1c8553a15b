package shell

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/querylang/parse"
)

// variableHistory is the environment variable with the file of the history.
const variableHistory = "AEROSQL_HISTORY"

// maxHistory is the number of entries that the history keeps.
const maxHistory = 2000

// historyFile returns the file of the history.
func historyFile() (string, error) {
	if path := os.Getenv(variableHistory); path != "" {
		return path, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	state := cmp.Or(os.Getenv("XDG_STATE_HOME"), filepath.Join(home, ".local", "state"))
	return filepath.Join(state, "aerosql", "history"), nil
}

// A history is the statements that were typed, kept in a file that only its owner can read: a line
// of JSON for each. It implements readline.History.
type history struct {
	path    string
	entries []string
}

// openHistory reads the history of a file. If it is too long, the file is shortened.
func openHistory(path string) (*history, error) {
	h := &history{path: path}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var entry string
		if json.Unmarshal(lines.Bytes(), &entry) == nil {
			h.entries = append(h.entries, entry)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(h.entries) > maxHistory {
		h.entries = h.entries[len(h.entries)-maxHistory:]
		return h, h.rewrite()
	}
	return h, nil
}

// rewrite writes all entries.
func (h *history) rewrite() error {
	var b strings.Builder
	for _, entry := range h.entries {
		b.WriteString(historyLine(entry))
	}
	return os.WriteFile(h.path, []byte(b.String()), 0o600)
}

func historyLine(entry string) string {
	line, _ := json.Marshal(entry)
	return string(line) + "\n"
}

// Write appends a statement, unless it may have a password.
func (h *history) Write(text string) (int, error) {
	text = strings.TrimSpace(text)
	if text == "" || mayHoldSecrets(text) || len(h.entries) > 0 && h.entries[len(h.entries)-1] == text {
		return len(h.entries), nil
	}
	h.entries = append(h.entries, text)
	f, err := os.OpenFile(h.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return len(h.entries), err
	}
	_, err = f.WriteString(historyLine(text))
	return len(h.entries), errors.Join(err, f.Close())
}

// mayHoldSecrets reports whether a statement, or the argument of a command of the shell, may have a
// password.
func mayHoldSecrets(text string) bool {
	if !strings.HasPrefix(text, `\`) {
		return parse.MayHoldSecrets(text)
	}
	name, args, _ := strings.Cut(text, " ")
	switch args = strings.TrimSpace(args); {
	case name == `\c`:
		user, _, hasUser := strings.Cut(strings.TrimPrefix(args, driver.Name+"://"), "@")
		return hasUser && strings.Contains(user, ":")
	case name == `\explain`, strings.HasPrefix(args, "("):
		return parse.MayHoldSecrets(args)
	}
	return false
}

// GetLine returns an entry.
func (h *history) GetLine(i int) (string, error) {
	if i < 0 || i >= len(h.entries) {
		return "", fmt.Errorf("the history has no entry %d", i)
	}
	return h.entries[i], nil
}

// Len returns the number of entries.
func (h *history) Len() int { return len(h.entries) }

// Dump returns all entries.
func (h *history) Dump() any { return h.entries }
