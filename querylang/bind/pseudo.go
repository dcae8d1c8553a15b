package bind

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// pseudoWords are the names of the pseudo columns. They are unquoted and ignore case.
var pseudoWords = ast.WordMap[Pseudo]{
	"PK": PrimaryKey, "__KEY": PrimaryKey, "__DIGEST": Digest, "__GENERATION": Generation, "__TTL": TimeToLive,
	"__VOID_TIME": VoidTime, "__LAST_UPDATE": LastUpdate, "__SIZE": RecordSize, "__SET": SetName,
}

// pseudoNames are the names of the pseudo columns, by Pseudo.
var pseudoNames = [...]string{
	PrimaryKey: "PK", Digest: "__digest", Generation: "__generation", TimeToLive: "__ttl", VoidTime: "__void_time",
	LastUpdate: "__last_update", RecordSize: "__size", SetName: "__set",
}

// foreignNames are what other clients call pseudo columns.
var foreignNames = ast.WordMap[string]{
	"__GEN": "__generation", "__PK": "PK", "PRIMARY_KEY": "PK", "PK_DIGEST": "__digest", "__EXPIRY": "__ttl",
	"__EXPIRATION": "__void_time", "__LUT": "__last_update", "__DEVICE_SIZE": "__size", "__MEMORY_SIZE": "__size",
}

const (
	keyKinds   = function.Integer | function.String | function.Blob | function.Null
	countKinds = function.Kinds(1 << protocol.KindInt)
)

// pseudoColumn returns the column of a relation for a pseudo column.
func pseudoColumn(p Pseudo) RelationColumn {
	c := RelationColumn{Name: pseudoNames[p], Pseudo: p, Kinds: countKinds}
	switch p {
	case PrimaryKey:
		c.Kinds = keyKinds
	case Digest:
		c.Kinds = function.Blob
	case VoidTime:
		c.Type, c.Kinds = function.Type{Family: function.Timestamps, Name: "TIMESTAMP"}, countKinds|function.Null
	case LastUpdate:
		c.Type = function.Type{Family: function.Timestamps, Name: "TIMESTAMP"}
	case SetName:
		c.Kinds = function.String | function.Null
	}
	return c
}

// pseudoOf returns the pseudo column that a name means, or NoPseudo. In AQL a quoted PK is the key.
func (b *binder) pseudoOf(n ast.Name) Pseudo {
	if n.Quote != 0 && !(b.options.AQL && n.Quote == '"' && n.Text == "PK") {
		return NoPseudo
	}
	p, _ := pseudoWords.Find(n.Text)
	return p
}

// IsPseudo reports whether a name is that of a pseudo column.
func IsPseudo(n ast.Name) bool {
	_, ok := pseudoWords.Find(n.Text)
	return ok && n.Quote == 0
}

// isHidden reports whether a quoted name is that of a bin that a pseudo column hides.
func isHidden(n ast.Name) bool {
	_, ok := pseudoWords.Find(n.Text)
	return ok && n.Quote != 0
}
