package cluster

import (
	"iter"
	"slices"
	"strings"
)

// What servers write behind the names in the entries of a list. Whatever else is in front of its last occurrence is part of a name:
// the name of a set may have any bytes, those that separate fields and entries among them.
const (
	behindSet   = ":objects="
	behindJob   = ":rps="
	behindIndex = ":type="
)

// listEntries cuts a list at its semicolons. All entries of a list have about the same fields behind their names, and a name is
// shorter than half of these; so a piece that lacks them, or has only a few bytes of them, is a part of a name, and the entry goes
// on behind its semicolon. A list in which no piece has the fields, of another version of the server, is cut at each semicolon.
func listEntries(list, behindName string) iter.Seq[string] {
	return func(yield func(string) bool) {
		longest := 0
		for piece := range strings.SplitSeq(list, ";") {
			longest = max(longest, fieldsLen(piece, behindName))
		}
		start, end := 0, -1
		for end < len(list) {
			from := end + 1
			if next := strings.IndexByte(list[from:], ';'); next >= 0 {
				end = from + next
			} else {
				end = len(list)
			}
			if longest > 0 && 2*fieldsLen(list[from:end], behindName) < longest {
				continue
			}
			if end > start && !yield(list[start:end]) {
				return
			}
			start = end + 1
		}
		for piece := range strings.SplitSeq(list[min(start, len(list)):], ";") {
			if piece != "" && !yield(piece) {
				return
			}
		}
	}
}

// listsSets reports whether the answer to an info command has names of sets in it.
func listsSets(command string) bool {
	return strings.HasPrefix(command, "sets") || strings.HasPrefix(command, "query-show")
}

// fieldsLen is the number of bytes that follow the names in a piece of a list, 0 if it has no such fields.
func fieldsLen(piece, behindName string) int {
	i := strings.LastIndex(piece, behindName)
	if i < 0 {
		return 0
	}
	return len(piece) - i
}

// parseNamed reads the fields of an entry. In front of the last behindName, the fields whose names are in behind are those at the
// end, and those in front are the ones at the start, each in their order; the last of these takes what is left.
func parseNamed(entry, behindName string, front, behind []string) InfoFields {
	i := strings.LastIndex(entry, behindName)
	if i < 0 {
		return parseFields(entry, ":")
	}
	f := parseFields(entry[i+1:], ":")
	names := ":" + entry[:i]
	for _, name := range slices.Backward(behind) {
		if at := strings.LastIndex(names, ":"+name+"="); at >= 0 {
			f[name], names = names[at+len(name)+2:], names[:at]
		}
	}
	for k, name := range front {
		rest, ok := strings.CutPrefix(names, ":"+name+"=")
		if !ok {
			continue
		}
		end := len(rest)
		if k+1 < len(front) {
			if next := strings.Index(rest, ":"+front[k+1]+"="); next >= 0 {
				end = next
			}
		}
		f[name], names = rest[:end], rest[end:]
	}
	return f
}
