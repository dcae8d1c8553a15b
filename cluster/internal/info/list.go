package info

import (
	"iter"
	"slices"
	"strings"
)

// The text that servers write after the names in the entries of a list. Everything before its last
// occurrence in an entry belongs to the names: a set name may contain any bytes, including those
// that separate fields and entries.
const (
	afterSet   = ":objects="
	afterJob   = ":rps="
	afterIndex = ":type="
)

// entries splits a list at the semicolons that separate its entries. All entries of a list have
// about the same fields after their names, and a name is less than half as long as these fields. So
// a piece in which these fields are missing, or much too short, ends inside a name, and the entry
// continues after the semicolon. If no piece has the fields, as on an unknown server version, the
// list is split at each semicolon.
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

// HasSetNames reports whether the answer to an info command may contain set names.
func HasSetNames(command string) bool {
	return strings.HasPrefix(command, "sets") || strings.HasPrefix(command, "query-show")
}

// fieldsLen returns the number of bytes after the names in a piece of a list, or 0 if the piece
// does not contain afterNames.
func fieldsLen(piece, afterNames string) int {
	i := strings.LastIndex(piece, afterNames)
	if i < 0 {
		return 0
	}
	return len(piece) - i
}

// parseNamed parses the fields of an entry. The part before the last afterNames starts with the
// fields in front and ends with the fields in back, each in the given order. The last field in
// front extends up to the fields in back.
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
