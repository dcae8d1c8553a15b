package integration

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	testLink = regexp.MustCompile(`\[` + "`" + `(Test\w+)` + "`" + `\]\(([^)]+)\)`)
	caseRow  = regexp.MustCompile(`^\| (\d+) \|`)
	caseTest = regexp.MustCompile(`(?m)^func (TestCase(\d\d)\w*)\(t \*testing\.T\)`)
)

// cases is the number of failure cases.
const cases = 60

// TestGuarantees checks that every test named in docs/guarantees.md exists where it says, that
// every failure case has a line with a test of its number, and that every test of a failure case is
// on the line of its number.
func TestGuarantees(t *testing.T) {
	page, err := os.ReadFile("../docs/guarantees.md")
	require.NoError(t, err)
	var numbers []int
	lines := make(map[int]string)
	for line := range strings.Lines(string(page)) {
		links := testLink.FindAllStringSubmatch(line, -1)
		for _, m := range links {
			source, err := os.ReadFile(filepath.Join("../docs", m[2]))
			require.NoError(t, err)
			require.Contains(t, string(source), "func "+m[1]+"(t *testing.T)", "%s names a test that does not exist", strings.TrimSpace(line))
		}
		if m := caseRow.FindStringSubmatch(line); m != nil {
			n, err := strconv.Atoi(m[1])
			require.NoError(t, err)
			numbers = append(numbers, n)
			lines[n] = line
			require.True(t, slices.ContainsFunc(links, func(link []string) bool {
				return strings.HasPrefix(link[1], "TestCase"+twoDigits(n))
			}), "case %d has no test of its number", n)
		}
	}
	for n := range cases {
		require.Contains(t, numbers, n+1)
	}
	require.Len(t, numbers, cases)
	for name, n := range caseTests(t) {
		require.Contains(t, lines[n], "`"+name+"`", "the line of case %d does not name its test", n)
	}
}

func twoDigits(n int) string { return strconv.Itoa(n/10) + strconv.Itoa(n%10) }

// caseTests returns the tests of failure cases in all packages.
func caseTests(t *testing.T) map[string]int {
	found := make(map[string]int)
	for _, pkg := range projectPackages(t) {
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(pkg), "*_test.go"))
		require.NoError(t, err)
		for _, file := range files {
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, m := range caseTest.FindAllStringSubmatch(string(source), -1) {
				n, err := strconv.Atoi(m[2])
				require.NoError(t, err)
				found[m[1]] = n
			}
		}
	}
	require.NotEmpty(t, found)
	return found
}
