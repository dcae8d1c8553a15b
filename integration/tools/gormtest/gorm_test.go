// Package gormtest has the tests of the adapter for gorm.
package gormtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"

	"github.com/aerosql/aerosql/driver"
	aerogorm "github.com/aerosql/aerosql/integration/gorm"
	"github.com/aerosql/aerosql/integration/tools/target"
	"github.com/aerosql/aerosql/querylang"
)

func TestMain(m *testing.M) {
	// gorm's cache of prepared statements keeps a goroutine.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("gorm.io/gorm/internal/lru.NewLRU[...].func1"))
}

// The models of a shop.
type (
	Customer struct {
		ID        int64
		Name      string `gorm:"index"`
		Age       *int
		Score     float64 `gorm:"check:score >= 0"`
		Active    bool    `gorm:"default:true"`
		Born      *time.Time
		Photo     []byte
		Tags      []string       `gorm:"serializer:aerospike"`
		Attrs     map[string]int `gorm:"serializer:aerospike"`
		Settings  map[string]any `gorm:"serializer:json"`
		Address   Address        `gorm:"embedded;embeddedPrefix:address_"`
		Card      Card
		Orders    []Order
		Groups    []Group `gorm:"many2many:customer_groups"`
		Notes     []Note  `gorm:"polymorphic:Owner"`
		CreatedAt time.Time
		UpdatedAt time.Time
		DeletedAt gorm.DeletedAt
		Calls     []string `gorm:"-"`
	}
	Address struct{ Street, City string }
	Card    struct {
		Number     string `gorm:"primaryKey"`
		CustomerID int64
	}
	Order struct {
		ID         int64
		CustomerID int64
		Customer   *Customer
		Total      int64
	}
	Group struct {
		Code string `gorm:"primaryKey"`
		Name string
	}
	Note struct {
		ID        int64
		Text      string
		OwnerID   int64
		OwnerType string
	}
	Balance struct {
		ID     string
		Amount int64
		Gen    aerogorm.Generation `gorm:"->;-:migration"`
	}
)

var models = []any{&Customer{}, &Card{}, &Order{}, &Group{}, &Note{}, &Balance{}}

// BeforeCreate and AfterFind are hooks.
func (c *Customer) BeforeCreate(*gorm.DB) error {
	if c.Name == "refused" {
		return errors.New("refused by the hook")
	}
	c.Calls = append(c.Calls, "BeforeCreate")
	return nil
}

func (c *Customer) AfterFind(*gorm.DB) error {
	c.Calls = append(c.Calls, "AfterFind")
	return nil
}

func open(t *testing.T, parameters string) *gorm.DB {
	t.Helper()
	on := target.New(t)
	on.DropAfter(t, "customers", "cards", "orders", "groups", "notes", "balances", "customer_groups", "members")
	db, err := gorm.Open(aerogorm.New(on.Open(t, parameters)), &gorm.Config{Logger: logger.Discard, TranslateError: true})
	require.NoError(t, err)
	require.NoError(t, db.AutoMigrate(models...))
	return db
}

func TestAutoMigrate(t *testing.T) {
	db := open(t, "")
	require.NoError(t, db.AutoMigrate(models...), "again")
	m := db.Migrator()
	require.True(t, m.HasTable(&Customer{}))
	require.True(t, m.HasTable("customer_groups"))
	require.False(t, m.HasTable("nothing"))
	require.True(t, m.HasColumn(&Customer{}, "Name"))
	require.False(t, m.HasColumn(&Balance{}, "gen"))
	require.True(t, m.HasIndex(&Customer{}, "Name"))
	types, err := m.ColumnTypes(&Order{})
	require.NoError(t, err)
	require.Len(t, types, 3)
	key, known := types[0].PrimaryKey()
	require.True(t, known && key)
	tables, err := m.GetTables()
	require.NoError(t, err)
	require.Subset(t, tables, []string{"balances", "cards", "customer_groups", "customers"})
	require.NotEmpty(t, m.CurrentDatabase())

	type Balance struct {
		ID     string
		Amount int64 `gorm:"default:7"`
		Note   string
	}
	require.NoError(t, db.AutoMigrate(&Balance{}), "a column and a default are added")
	require.NoError(t, db.AutoMigrate(&Balance{}))
	require.NoError(t, db.Create(&Balance{ID: "a"}).Error)
	{
		type Balance struct {
			ID     string
			Amount int64 `gorm:"check:amount > 1"`
		}
		require.ErrorIs(t, db.AutoMigrate(&Balance{}), aerogorm.ErrUnsupported, "a new constraint")
	}
	var b Balance
	require.NoError(t, db.First(&b, "id = ?", "a").Error)
	require.EqualValues(t, 7, b.Amount)
	require.NoError(t, m.DropColumn(&Balance{}, "Note"))
	require.NoError(t, m.DropIndex(&Customer{}, "Name"))
	require.False(t, m.HasIndex(&Customer{}, "Name"))
	require.NoError(t, m.DropTable(&Note{}))
	require.False(t, m.HasTable(&Note{}))
}

// TestRefusals checks what can't be.
func TestRefusals(t *testing.T) {
	db := open(t, "")
	t.Run("unique", func(t *testing.T) {
		type Member struct {
			ID    int64
			Email string `gorm:"unique"`
		}
		require.ErrorIs(t, db.AutoMigrate(&Member{}), aerogorm.ErrUnsupported)
		type Members struct {
			ID    int64
			Email string `gorm:"uniqueIndex"`
		}
		require.ErrorIs(t, db.AutoMigrate(&Members{}), aerogorm.ErrUnsupported)
	})
	t.Run("index of two columns", func(t *testing.T) {
		type Member struct {
			ID   int64
			A, B int `gorm:"index:both"`
		}
		_ = db.Migrator().DropTable(&Member{})
		require.ErrorIs(t, db.AutoMigrate(&Member{}), aerogorm.ErrUnsupported)
	})
	t.Run("other type", func(t *testing.T) {
		type Balance struct {
			ID     string
			Amount string
		}
		err := db.AutoMigrate(&Balance{})
		require.ErrorIs(t, err, aerogorm.ErrUnsupported)
		require.ErrorContains(t, err, "the column amount is declared as integer, and the field Balance.Amount needs TEXT")
	})
	t.Run("NOT NULL", func(t *testing.T) {
		type Balance struct {
			ID     string
			Amount int64 `gorm:"not null"`
		}
		require.ErrorIs(t, db.AutoMigrate(&Balance{}), aerogorm.ErrUnsupported)
	})
	for name, err := range map[string]error{
		"rename table":      db.Migrator().RenameTable("balances", "other"),
		"rename index":      db.Migrator().RenameIndex(&Customer{}, "a", "b"),
		"alter column":      db.Migrator().AlterColumn(&Customer{}, "Name"),
		"create constraint": db.Migrator().CreateConstraint(&Customer{}, "x"),
		"drop constraint":   db.Migrator().DropConstraint(&Customer{}, "x"),
	} {
		require.ErrorIs(t, err, aerogorm.ErrUnsupported, name)
	}
	var c Customer
	require.ErrorIs(t, db.Clauses(clause.Locking{Strength: "UPDATE"}).First(&c).Error, querylang.ErrUnsupported)
	require.ErrorIs(t, db.Transaction(func(*gorm.DB) error { return nil }), driver.ErrNoTransactions)
	require.ErrorIs(t, db.Create(&Order{ID: 1}).Error, nil)
	require.ErrorIs(t, db.Create(&Order{ID: 1}).Error, gorm.ErrDuplicatedKey)
	require.ErrorIs(t, db.Create(&Customer{Score: -1}).Error, gorm.ErrCheckConstraintViolated)
	require.ErrorContains(t, db.Create(&Customer{Name: "refused"}).Error, "refused by the hook")
}

func pointer[T any](v T) *T { return &v }

// customers creates three customers.
func customers(t *testing.T, db *gorm.DB) []*Customer {
	t.Helper()
	born := time.Date(1815, 12, 10, 1, 2, 3, 4, time.UTC)
	list := []*Customer{
		{
			Name: "Ada", Age: pointer(36), Score: 1.5, Born: &born, Photo: []byte{0, 255}, Active: true,
			Tags: []string{"math"}, Attrs: map[string]int{"k": 1}, Settings: map[string]any{"dark": true},
			Address: Address{"St James's Square", "London"}, Card: Card{Number: "4711"}, Orders: []Order{{Total: 10}, {Total: 20}},
			Groups: []Group{{"vip", "VIP"}, {"uk", "UK"}}, Notes: []Note{{Text: "hello"}},
		},
		{Name: "Alan", Age: pointer(41), Groups: []Group{{"uk", "UK"}}},
		{Name: "Kurt"},
	}
	require.NoError(t, db.Create(list).Error)
	for _, c := range list {
		require.NotZero(t, c.ID)
		require.Equal(t, []string{"BeforeCreate"}, c.Calls)
		require.True(t, c.Active, "the default")
	}
	return list
}

func names(list []Customer) (all []string) {
	for _, c := range list {
		all = append(all, c.Name)
	}
	return all
}

func TestQueries(t *testing.T) {
	db := open(t, "")
	made := customers(t, db)
	var c Customer
	require.NoError(t, db.First(&c, made[0].ID).Error)
	require.Equal(t, made[0].ID, c.ID)
	require.Equal(t, *made[0].Born, *c.Born)
	require.Equal(t, made[0].Photo, c.Photo)
	require.Equal(t, made[0].Tags, c.Tags)
	require.Equal(t, made[0].Attrs, c.Attrs)
	require.Equal(t, made[0].Settings, c.Settings)
	require.Equal(t, made[0].Address, c.Address)
	require.Equal(t, []string{"AfterFind"}, c.Calls)
	require.ErrorIs(t, db.First(&Customer{}, 5).Error, gorm.ErrRecordNotFound)

	adult := func(db *gorm.DB) *gorm.DB { return db.Where("age >= ?", 40) }
	for name, c := range map[string]struct {
		query *gorm.DB
		want  []string
	}{
		"in":        {db.Where("name IN ?", []string{"Ada", "Kurt", "x"}), []string{"Ada", "Kurt"}},
		"struct":    {db.Where(&Customer{Name: "Alan"}), []string{"Alan"}},
		"map":       {db.Where(map[string]any{"name": "Alan", "age": 41}), []string{"Alan"}},
		"null":      {db.Where("age IS NULL"), []string{"Kurt"}},
		"not":       {db.Not("name = ?", "Ada"), []string{"Alan", "Kurt"}},
		"or":        {db.Where("name = ?", "Ada").Or("age > ?", 40), []string{"Ada", "Alan"}},
		"scope":     {db.Scopes(adult), []string{"Alan"}},
		"page":      {db.Limit(1).Offset(1), []string{"Alan"}},
		"time":      {db.Where("born < ?", time.Now()), []string{"Ada"}},
		"list":      {db.Where("tags CONTAINS ? AND attrs.k = 1", "math"), []string{"Ada"}},
		"subquery":  {db.Where("age > (?)", db.Model(&Customer{}).Select("MIN(age)")), []string{"Alan"}},
		"named":     {db.Where("name = @n OR age = @a", map[string]any{"n": "Ada", "a": 41}), []string{"Ada", "Alan"}},
		"join":      {db.Joins("JOIN orders ON orders.customer_id = customers.id AND orders.total > ?", 15), []string{"Ada"}},
		"like":      {db.Where("name LIKE ?", "A%"), []string{"Ada", "Alan"}},
		"inline":    {db.Where("id = ?", made[1].ID), []string{"Alan"}},
		"left join": {db.Joins("Card").Where("`Card`.number IS NOT NULL"), []string{"Ada"}},
	} {
		var list []Customer
		require.NoError(t, c.query.Order("name").Find(&list).Error, name)
		require.Equal(t, c.want, names(list), name)
	}

	var sums []struct {
		CustomerID int64
		Total      int64
	}
	require.NoError(t, db.Model(&Order{}).Select("customer_id, SUM(total) AS total").Group("customer_id").Having("SUM(total) > ?", 5).Scan(&sums).Error)
	require.Len(t, sums, 1)
	require.EqualValues(t, 30, sums[0].Total)
	var count int64
	require.NoError(t, db.Model(&Customer{}).Distinct("age").Count(&count).Error)
	require.EqualValues(t, 2, count)
	var plucked []string
	require.NoError(t, db.Model(&Customer{}).Order("name DESC").Pluck("name", &plucked).Error)
	require.Equal(t, []string{"Kurt", "Alan", "Ada"}, plucked)

	seen := 0
	require.NoError(t, db.FindInBatches(&[]Customer{}, 2, func(tx *gorm.DB, batch int) error {
		seen += int(tx.RowsAffected)
		return nil
	}).Error)
	require.Equal(t, 3, seen)
	rows, err := db.Model(&Customer{}).Order("name").Rows()
	require.NoError(t, err)
	defer rows.Close()
	require.True(t, rows.Next())
	require.NoError(t, db.ScanRows(rows, &c))
	require.Equal(t, "Ada", c.Name)
}

func TestWrites(t *testing.T) {
	db := open(t, "")
	made := customers(t, db)
	ada := made[0]
	ada.Score, ada.Age = 0, nil
	require.NoError(t, db.Omit(clause.Associations).Save(ada).Error)
	var got Customer
	require.NoError(t, db.First(&got, ada.ID).Error)
	require.Zero(t, got.Score)
	require.Nil(t, got.Age)
	result := db.Model(&got).Updates(map[string]any{"age": 37, "score": gorm.Expr("score + ?", 2)})
	require.NoError(t, result.Error)
	require.EqualValues(t, 1, result.RowsAffected)
	require.NoError(t, db.Model(&Customer{}).Where("age > ?", 30).Update("active", false).Error)
	result = db.Where("active = ?", false).Delete(&Customer{})
	require.NoError(t, result.Error)
	require.EqualValues(t, 2, result.RowsAffected)
	var count int64
	require.NoError(t, db.Model(&Customer{}).Count(&count).Error)
	require.EqualValues(t, 1, count)
	require.NoError(t, db.Unscoped().Model(&Customer{}).Where("deleted_at IS NOT NULL").Count(&count).Error)
	require.EqualValues(t, 2, count)
	require.NoError(t, db.Unscoped().Delete(&Customer{}, ada.ID).Error)
	require.ErrorIs(t, db.Unscoped().First(&got, ada.ID).Error, gorm.ErrRecordNotFound)

	group := Group{Code: "new", Name: "New"}
	require.NoError(t, db.Save(&group).Error, "Save creates")
	group.Name = "Newer"
	require.NoError(t, db.Save(&group).Error, "Save updates")
	require.NoError(t, db.Clauses(clause.OnConflict{DoNothing: true}).Create(&Group{Code: "new", Name: "x"}).Error)
	require.NoError(t, db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "code"}}, DoUpdates: clause.AssignmentColumns([]string{"name"})}).
		Create(&[]Group{{"new", "Newest"}, {"more", "More"}}).Error)
	var first Group
	require.NoError(t, db.Where(Group{Code: "new"}).FirstOrCreate(&first).Error)
	require.Equal(t, "Newest", first.Name)
	var created Group
	require.NoError(t, db.Where(Group{Code: "other"}).Attrs(Group{Name: "Other"}).FirstOrCreate(&created).Error)
	require.Equal(t, "Other", created.Name)
	var returned []Group
	require.NoError(t, db.Model(&returned).Clauses(clause.Returning{}).Where("code = ?", "more").Update("name", "Most").Error)
	require.Equal(t, []Group{{"more", "Most"}}, returned)
	require.NoError(t, db.CreateInBatches([]Group{{"a", ""}, {"b", ""}, {"c", ""}}, 2).Error)
	require.NoError(t, db.Model(&Group{}).Create(map[string]any{"code": "m", "name": "Map"}).Error)

	type Keyless struct {
		Key  string `gorm:"column:PK;primaryKey"`
		Name string
	}
	plain := db.Table("members")
	require.NoError(t, plain.Create(&Keyless{"k", "undeclared"}).Error)
	var k Keyless
	require.NoError(t, db.Table("members").Select("PK", "name").First(&k, "PK = ?", "k").Error)
	require.Equal(t, Keyless{"k", "undeclared"}, k)
}

func TestAssociations(t *testing.T) {
	db := open(t, "")
	made := customers(t, db)
	var list []Customer
	require.NoError(t, db.Preload("Orders", func(db *gorm.DB) *gorm.DB { return db.Order("total DESC") }).
		Preload("Card").Preload("Groups").Preload("Notes").Order("name").Find(&list).Error)
	require.Len(t, list[0].Orders, 2)
	require.EqualValues(t, 20, list[0].Orders[0].Total)
	require.Equal(t, "4711", list[0].Card.Number)
	require.Len(t, list[0].Groups, 2)
	require.Len(t, list[1].Groups, 1)
	require.Equal(t, "hello", list[0].Notes[0].Text)
	var order Order
	require.NoError(t, db.Joins("Customer").First(&order, "total = ?", 10).Error)
	require.Equal(t, "Ada", order.Customer.Name)

	kurt := made[2]
	groups := func() *gorm.Association { return db.Model(kurt).Association("Groups") }
	require.NoError(t, groups().Append(&Group{"at", "Austria"}, &Group{"uk", "UK"}))
	require.NoError(t, groups().Append(&Group{"uk", "UK"}), "again")
	require.EqualValues(t, 2, groups().Count())
	require.NoError(t, groups().Delete(&Group{Code: "uk"}))
	require.NoError(t, groups().Replace(&Group{"vip", "VIP"}))
	var found []Group
	require.NoError(t, groups().Find(&found))
	require.Equal(t, []Group{{"vip", "VIP"}}, found)
	require.NoError(t, groups().Clear())
	require.Zero(t, groups().Count())
	require.NoError(t, db.Model(kurt).Association("Orders").Append(&Order{Total: 5}))
	require.NoError(t, db.Select("Orders").Delete(kurt).Error)
	var count int64
	require.NoError(t, db.Model(&Order{}).Where("customer_id = ?", kurt.ID).Count(&count).Error)
	require.Zero(t, count)
}

func TestGenerics(t *testing.T) {
	db := open(t, "")
	customers(t, db)
	ctx := t.Context()
	ada, err := gorm.G[Customer](db).Where("name = ?", "Ada").First(ctx)
	require.NoError(t, err)
	require.Equal(t, 36, *ada.Age)
	n, err := gorm.G[Customer](db).Where("name = ?", "Ada").Update(ctx, "age", 37)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	list, err := gorm.G[Customer](db).Preload("Orders", nil).Where("age > ?", 36).Order("name").Find(ctx)
	require.NoError(t, err)
	require.Equal(t, []string{"Ada", "Alan"}, names(list))
	require.Len(t, list[0].Orders, 2)
	require.NoError(t, gorm.G[Group](db).Create(ctx, &Group{"g", "G"}))
	n, err = gorm.G[Group](db).Where("code = ?", "g").Delete(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = gorm.G[Customer](db).Find(canceled)
	require.ErrorIs(t, err, context.Canceled)
}

// TestGeneration checks the optimistic lock.
func TestGeneration(t *testing.T) {
	db := open(t, "")
	require.NoError(t, db.Create(&Balance{ID: "a", Amount: 1}).Error)
	var one, other Balance
	require.NoError(t, db.First(&one, "id = ?", "a").Error)
	require.NoError(t, db.Find(&other, "id = ?", "a").Error)
	require.EqualValues(t, 1, one.Gen)
	one.Amount = 2
	require.NoError(t, db.Save(&one).Error)
	require.EqualValues(t, 2, one.Gen)
	require.NoError(t, db.Model(&one).Update("amount", 3).Error)
	require.EqualValues(t, 3, one.Gen)

	require.ErrorIs(t, db.Model(&other).Update("amount", 9).Error, aerogorm.ErrStale)
	require.ErrorIs(t, db.Save(&other).Error, aerogorm.ErrStale)
	require.ErrorIs(t, db.Delete(&other).Error, aerogorm.ErrStale)
	require.NoError(t, db.Find(&other, "id = ?", "a").Error)
	require.EqualValues(t, []int64{3, 3}, []int64{other.Amount, int64(other.Gen)})
	require.NoError(t, db.Delete(&other).Error)
	require.NoError(t, db.Model(&Balance{}).Where("id = ?", "a").Update("amount", 1).Error, "without a model")
}

// TestPrepared runs statements with gorm's cache of prepared statements.
func TestPrepared(t *testing.T) {
	db := open(t, "?tx=autocommit").Session(&gorm.Session{PrepareStmt: true})
	customers(t, db)
	for range 3 {
		var list []Customer
		require.NoError(t, db.Where("age > ?", 36).Find(&list).Error)
		require.Equal(t, []string{"Alan"}, names(list))
	}
	require.NoError(t, db.Transaction(func(tx *gorm.DB) error { return tx.Create(&Group{"t", "T"}).Error }))
}
