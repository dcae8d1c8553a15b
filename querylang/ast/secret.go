package ast

import (
	"strings"
	"unicode"
)

// PasswordAt returns the offset after the word PASSWORD or IDENTIFIED of a statement that sets a
// password, such as CREATE USER, or -1. What follows the offset may be the password. The statement
// may have mistakes, so an offset is returned for some texts without a password too.
func PasswordAt(text string) int {
	last, user, writes := "", false, false
	for at := 0; at < len(text); {
		n := WordLength(text[at:])
		if n == 0 {
			at++
			continue
		}
		word := text[at : at+n]
		isSet := strings.EqualFold(last, "SET") && (!writes || beginsStatement(text, at-1))
		if names, _ := userWords.Find(word); names && (user || isSet) {
			return at + n
		}
		creates := strings.EqualFold(last, "CREATE") || strings.EqualFold(last, "ALTER")
		other, _ := otherDefinitions.Find(word)
		user = user || creates && !other || strings.EqualFold(word, "USER")
		if write, _ := writeWords.Find(word); write {
			writes = true
		}
		last, at = word, at+n
	}
	return -1
}

// userWords are the words before a password.
var userWords = Words("PASSWORD IDENTIFIED")

// otherDefinitions are the words after CREATE and ALTER that are not of users, and writeWords those
// of statements that have a clause SET. A column may have the name PASSWORD.
var (
	otherDefinitions = Words("TABLE VIEW INDEX UNIQUE LIST MAPKEYS MAPVALUES SET FUNCTION MODULE COLUMN SYSTEM NAMESPACE XDR")
	writeWords       = Words("UPDATE INSERT UPSERT REPLACE")
)

// beginsStatement reports whether the word SET that ends before an offset follows a semicolon.
func beginsStatement(text string, at int) bool {
	before := strings.TrimRightFunc(text[:at], unicode.IsSpace)
	if len(before) < len("SET") {
		return false
	}
	before = strings.TrimRightFunc(before[:len(before)-len("SET")], unicode.IsSpace)
	return strings.HasSuffix(before, ";")
}
