package transfer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/internal/recordfile"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// The words of backups for indexes.
var (
	indexTypes = map[string]admin.IndexType{
		"numeric": admin.IndexNumeric, "string": admin.IndexString, "blob": admin.IndexBlob, "geo2dsphere": admin.IndexGeo,
	}
	indexCollections = map[string]cluster.IndexCollection{
		"default": cluster.IndexDefault, "list": cluster.IndexList, "mapkeys": cluster.IndexMapKeys, "mapvalues": cluster.IndexMapValues,
	}
)

// global creates the index or the module of an entry. One that exists already stays.
func (l *loader) global(ctx context.Context, item recordfile.Item) error {
	if l.o.NoGlobals {
		return nil
	}
	operator := admin.New(l.client)
	if m := item.Module; m != nil {
		if _, err := operator.RegisterUDF(ctx, nil, m.Name, m.Source); err != nil {
			return l.refuse(item.Line, "module "+m.Name, err.Error())
		}
		l.count(&l.counts.Modules)
		return nil
	}
	ix := item.Index
	index := admin.Index{
		Namespace: l.o.Namespace, Set: ix.Set, Name: ix.Name, Bin: ix.Bin, Type: indexTypes[ix.Type], Collection: indexCollections[ix.Collection],
	}
	if l.o.Set != "" && index.Set != "" {
		index.Set = l.o.Set
	}
	var err error
	if ix.Context != "" {
		index.Context, err = cdt.ParseContextBase64(ix.Context)
	}
	if err == nil {
		_, err = operator.CreateIndex(ctx, nil, index)
	}
	if err != nil && !errors.Is(err, protocol.IndexFound) {
		return l.refuse(item.Line, "index "+ix.Name, err.Error())
	}
	l.count(&l.counts.Indexes)
	return nil
}

// wordOf returns the word that means a value.
func wordOf[V comparable](words map[string]V, v V) string {
	for word, other := range maps.All(words) {
		if other == v {
			return word
		}
	}
	return ""
}

// appendGlobals appends the indexes of a namespace, or of a set of it, and the modules. Indexes
// that the format has no form for are returned as warnings.
func appendGlobals(ctx context.Context, client *cluster.Client, dst []byte, namespace, set string) (_ []byte, warnings []string, err error) {
	operator := admin.New(client)
	indexes, err := operator.Indexes(ctx, nil, namespace)
	if err != nil {
		return dst, nil, err
	}
	for _, ix := range indexes {
		if set != "" && ix.Set != set {
			continue
		}
		if ix.OfSet || ix.Expression != nil {
			warnings = append(warnings, fmt.Sprintf("the index %s is left out: the format has no indexes of sets and of expressions", ix.Name))
			continue
		}
		of := recordfile.Index{
			Namespace: namespace, Set: ix.Set, Name: ix.Name, Bin: ix.Bin, Type: wordOf(indexTypes, ix.Type), Collection: wordOf(indexCollections, ix.Collection),
		}
		if len(ix.Context) > 0 {
			if of.Context, err = ix.Context.Base64(); err != nil {
				return dst, warnings, err
			}
		}
		if dst, err = recordfile.AppendBackupIndex(dst, &of); err != nil {
			return dst, warnings, err
		}
	}
	modules, err := operator.ListUDF(ctx, nil)
	if err != nil || set != "" {
		return dst, warnings, err
	}
	for _, m := range modules {
		if !strings.EqualFold(m.Type, "lua") {
			continue
		}
		source, err := operator.GetUDF(ctx, nil, m.Name)
		if err != nil {
			return dst, warnings, err
		}
		dst = recordfile.AppendBackupModule(dst, &recordfile.Module{Name: m.Name, Source: source})
	}
	return dst, warnings, nil
}
