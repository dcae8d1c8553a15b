package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
)

// namedPackages maps the package names that the pages use to directories.
var namedPackages = map[string]string{
	"cluster": "../cluster", "admin": "../cluster/admin", "lease": "../cluster/lease", "luareduce": "../cluster/luareduce",
	"devserver": "../cluster/devserver", "mem": "../cluster/devserver/mem", "protocol": "../protocol", "cdt": "../protocol/cdt",
	"exp": "../protocol/exp", "driver": "../driver", "mapper": "../mapper", "exec": "../querylang/exec", "querylang": "../querylang",
	"aerogorm": "gorm", "aerogoose": "goose",
}

// goName matches a name of a package within inline code, such as `*cluster.Config.Seeds`.
var goName = regexp.MustCompile("`[^`]*?\\b([a-z]+)\\.([A-Z]\\w*(?:\\.[A-Z]\\w*)?)")

// TestNamesOfTheDocs checks that Go names in inline code of the pages exist.
func TestNamesOfTheDocs(t *testing.T) {
	declared := make(map[string]bool)
	for name, dir := range namedPackages {
		declareAll(t, declared, name, dir)
	}
	checked := 0
	for _, page := range pages(t) {
		for line := range strings.Lines(prose(t, page)) {
			for _, span := range quotedName.FindAllString(line, -1) {
				m := goName.FindStringSubmatch(span)
				if m == nil || namedPackages[m[1]] == "" || m[0] == "`driver.ErrBadConn" { // of database/sql/driver
					continue
				}
				checked++
				if name := m[1] + "." + m[2]; !declared[name] {
					t.Errorf("%s names %s, which does not exist", page, name)
				}
			}
		}
	}
	require.Greater(t, checked, 500)
}

// prose returns a page without its blocks of code.
func prose(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	return codeBlock.ReplaceAllString(string(text), "")
}

var keyAndValue = regexp.MustCompile("`([a-z_]+)=([^`\\s&]+)`")

// TestKeysOfTheDocs checks that keys of data source names in inline code take the values that the
// pages give them.
func TestKeysOfTheDocs(t *testing.T) {
	checked := 0
	for _, page := range pages(t) {
		if strings.Contains(page, "wire-") { // info requests have the same form
			continue
		}
		for _, m := range keyAndValue.FindAllStringSubmatch(prose(t, page), -1) {
			_, err := driver.ParseDSN("aerospike://h/test?" + m[1] + "=" + m[2])
			if err != nil && strings.Contains(err.Error(), "there is no key") {
				continue // a key of something else
			}
			checked++
			if err != nil && !strings.Contains(err.Error(), " needs ") && !strings.Contains(err.Error(), "tls") { // another key
				t.Errorf("%s has %s=%s: %v", page, m[1], m[2], err)
			}
		}
	}
	require.Greater(t, checked, 30)
}

var (
	runCommand  = regexp.MustCompile(`go (?:run|test) \./([\w/-]+)`)
	makeCommand = regexp.MustCompile(`(?m)(?:^|` + "`" + `)make ([a-z-]+)`)
	makeTarget  = regexp.MustCompile(`(?m)^([a-z-]+):`)
)

// TestCommandsOfTheDocs checks that directories that the pages run, and targets of make that they
// name, exist.
func TestCommandsOfTheDocs(t *testing.T) {
	makefile, err := os.ReadFile("../Makefile")
	require.NoError(t, err)
	targets := map[string]bool{}
	for _, m := range makeTarget.FindAllStringSubmatch(string(makefile), -1) {
		targets[m[1]] = true
	}
	commands := 0
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range runCommand.FindAllStringSubmatch(string(text), -1) {
			commands++
			_, errTop := os.Stat(filepath.Join("..", m[1]))
			_, errHere := os.Stat(m[1])
			if errTop != nil && errHere != nil {
				t.Errorf("%s runs %s, which does not exist", page, m[1])
			}
		}
		for _, m := range makeCommand.FindAllStringSubmatch(string(text), -1) {
			commands++
			if !targets[m[1]] {
				t.Errorf("%s has make %s, which does not exist", page, m[1])
			}
		}
	}
	require.Greater(t, commands, 20)
}

// officialParts are what the page about moving must have completely: the methods of the official
// client's Client and the fields of its policies.
var officialParts = regexp.MustCompile(`^(Client|ClientPolicy|BasePolicy|WritePolicy|BatchPolicy|MultiPolicy|QueryPolicy)\.[A-Z]\w*$`)

// TestMovingFromTheOfficialClient checks the page about moving from the official client: the names
// on the left are the official client's, and all of them.
func TestMovingFromTheOfficialClient(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aerospike/aerospike-client-go/v8").Output()
	require.NoError(t, err)
	official := make(map[string]bool)
	declareAll(t, official, "", strings.TrimSpace(string(dir)))
	listed := make(map[string]bool)
	for line := range strings.Lines(prose(t, filepath.Join("..", "docs", "moving-go-client.md"))) {
		theirs, ours, row := parityRow(line)
		if !row || theirs == "official" {
			continue
		}
		for _, m := range quotedName.FindAllStringSubmatch(theirs, -1) {
			require.True(t, official["."+m[1]], "the official client has no %s", m[1])
			require.False(t, listed[m[1]], "%s stands there twice", m[1])
			listed[m[1]] = true
		}
		require.NotEmpty(t, strings.TrimSpace(ours), line)
	}
	for name := range official {
		name = strings.TrimPrefix(name, ".")
		if officialParts.MatchString(name) && !listed[name] {
			t.Errorf("the page does not have %s", name)
		}
	}
}
