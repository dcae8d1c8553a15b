package info

import (
	"iter"
	"slices"
	"strings"
)

// What servers write after the names in the entries of a list. Whatever else precedes its last
// occurrence is part of a name: the name of a set may contain any bytes, including those that
// separate fields and entries.
const (
	afterSet   = ":objects="
	afterJob   = ":rps="
	afterIndex = ":type="
)

// entries splits a list at its semicolons. All entries of a list have about the same fields after
// their names, and a name is shorter than half of these. So a piece without them, or with only a
// few bytes of them, is part of a name, and the entry goes on after its semicolon. If no piece of
// the list has the fields (another server version), the list is split at each semicolon.
func entries(list, afterNames string) iter.Seq[string] {
	return func(yield func(string) bool) {
		longest := 0
		for piece := range strings.SplitSeq(list, ";") {
			longest = max(longest, fieldsLen(piece, afterNames))
		}
		start, end := 0, -1
		for end < len(list) {
			from := end + 1
			if next := strings.IndexByte(list[from:], ';'); next >= 0 {
				end = from + next
			} else {
				end = len(list)
			}
			if longest > 0 && 2*fieldsLen(list[from:end], afterNames) < longest {
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

// HasSetNames reports whether the answer to an info command contains names of sets.
func HasSetNames(command string) bool {
	return strings.HasPrefix(command, "sets") || strings.HasPrefix(command, "query-show")
}

// fieldsLen is the number of bytes that follow the names in a piece of a list, 0 if it has no such
// fields.
func fieldsLen(piece, afterNames string) int {
	i := strings.LastIndex(piece, afterNames)
	if i < 0 {
		return 0
	}
	return len(piece) - i
}

// parseNamed reads the fields of an entry. Before the last afterNames, the fields named in front
// are those at the start, in their order, and the last of them takes what is left; the fields named
// in back are those at the end, in their order.
func parseNamed(entry, afterNames string, front, back []string) map[string]string {
	i := strings.LastIndex(entry, afterNames)
	if i < 0 {
		return ParseFields(entry, ":")
	}
	f := ParseFields(entry[i+1:], ":")
	names := ":" + entry[:i]
	for _, name := range slices.Backward(back) {
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
