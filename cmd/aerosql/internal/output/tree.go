package output

import "strings"

// Tree draws lines whose indentation by two spaces says what belongs to what, as EXPLAIN returns
// them, as a tree.
func Tree(lines []string) string {
	depth := func(line string) int { return (len(line) - len(strings.TrimLeft(line, " "))) / 2 }
	// last reports whether no line of the same depth follows below the same parent.
	last := func(i, level int) bool {
		for _, line := range lines[i+1:] {
			if d := depth(line); d <= level {
				return d < level
			}
		}
		return true
	}
	var b strings.Builder
	var ended []bool // by depth: whether the line above was the last one
	for i, line := range lines {
		level := depth(line)
		for d := 1; d < level && d < len(ended); d++ {
			if ended[d] {
				b.WriteString("   ")
			} else {
				b.WriteString("│  ")
			}
		}
		for len(ended) <= level {
			ended = append(ended, false)
		}
		ended[level] = last(i, level)
		switch {
		case level == 0:
		case ended[level]:
			b.WriteString("└─ ")
		default:
			b.WriteString("├─ ")
		}
		b.WriteString(Printable(strings.TrimLeft(line, " ")) + "\n")
	}
	return b.String()
}
