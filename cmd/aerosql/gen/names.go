package gen

import (
	"go/token"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// initialisms are written in capital letters.
var initialisms = map[string]bool{
	"api": true, "cpu": true, "css": true, "dns": true, "html": true, "http": true, "https": true, "id": true, "ip": true, "json": true,
	"pk": true, "ram": true, "sql": true, "ssh": true, "tcp": true, "tls": true, "ttl": true, "udp": true, "ui": true, "uid": true,
	"uri": true, "url": true, "utc": true, "utf8": true, "uuid": true, "xml": true,
}

// goName returns an exported Go name for the name of a table, column or bin: user_id becomes
// UserID. A name that begins with a digit, or has no letters in two cases, gets an X in front.
func goName(name string) string {
	var b strings.Builder
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) || r == utf8.RuneError
	}) {
		if lower := strings.ToLower(part); initialisms[lower] {
			b.WriteString(strings.ToUpper(part))
			continue
		}
		first, size := utf8.DecodeRuneInString(part)
		b.WriteRune(unicode.ToUpper(first))
		b.WriteString(part[size:])
	}
	if s := b.String(); token.IsExported(s) {
		return s
	}
	return "X" + b.String()
}

// names are the Go names that are taken.
type names map[string]bool

// claim returns the name, or the name with the first number from 2 with which it is free.
func (n names) claim(name string) string {
	return n.claimIf(name, func(name string) bool { return !n[name] })
}

// claimType is claim for a type. The variable that aerosql gen declares for the type is taken, too.
func (n names) claimType(table string) string {
	const fields = "Fields"
	name := n.claimIf(goName(table), func(name string) bool { return !n[name] && !n[name+fields] })
	n[name+fields] = true
	return name
}

func (n names) claimIf(name string, isFree func(string) bool) string {
	free := name
	for i := 2; !isFree(free); i++ {
		free = name + strconv.Itoa(i)
	}
	n[free] = true
	return free
}
