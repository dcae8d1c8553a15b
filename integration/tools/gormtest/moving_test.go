package gormtest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	_ "github.com/aerosql/aerosql/cluster/devserver/mem" // for aerospike+mem:// data sources
	aerogorm "github.com/aerosql/aerosql/integration/gorm"
)

// TestMovingPage runs the code of docs/moving-gorm.md.
func TestMovingPage(t *testing.T) {
	dsn := "aerospike+mem://moving-new/test"
	db, err := gorm.Open(aerogorm.Open(dsn), &gorm.Config{})
	require.NoError(t, err)
	old, err := gorm.Open(aerogorm.Open("aerospike+mem://moving-old/test"), &gorm.Config{})
	require.NoError(t, err)
	type Note struct {
		ID    int64  // generated if it is 0: unique, but not consecutive
		Owner string `gorm:"index"` // what queries select by
		Text  string
		Tags  []string            `gorm:"serializer:aerospike"` // a list, not a table of its own
		Gen   aerogorm.Generation `gorm:"->;-:migration"`       // an optimistic lock instead of row locks
	}
	var notes []Note
	for i := range 1200 {
		notes = append(notes, Note{ID: int64(i + 1), Owner: fmt.Sprint("owner", i%10), Tags: []string{"a", "b"}})
	}
	for _, to := range []*gorm.DB{old, db} {
		require.NoError(t, to.AutoMigrate(&Note{}))
		plain, err := to.DB()
		require.NoError(t, err)
		defer plain.Close()
	}
	require.NoError(t, old.CreateInBatches(notes, 500).Error)

	var page []Note
	result := old.FindInBatches(&page, 500, func(*gorm.DB, int) error {
		return db.CreateInBatches(page, 500).Error
	})
	require.NoError(t, result.Error)

	var owned []Note
	require.NoError(t, db.Where("owner = ?", "owner3").Find(&owned).Error)
	require.Len(t, owned, 120)
	require.Equal(t, []string{"a", "b"}, owned[0].Tags)
}

// TestPageIsRun checks that the code of the page is part of this file.
func TestPageIsRun(t *testing.T) {
	page, err := os.ReadFile("../../../docs/moving-gorm.md")
	require.NoError(t, err)
	own, err := os.ReadFile("moving_test.go")
	require.NoError(t, err)
	blocks := strings.Split(string(page), "```go\n")[1:]
	require.Len(t, blocks, 3)
	for _, b := range blocks {
		code, _, _ := strings.Cut(b, "```")
		require.Contains(t, string(own), "\t"+strings.ReplaceAll(strings.TrimSuffix(code, "\n"), "\n", "\n\t"))
	}
}
