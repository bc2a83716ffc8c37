package photos

import (
	"context"
	"net/url"
)

// GetItem reads one item. IsItemInvalid tells whether it exists no more.
func (c *Client) GetItem(ctx context.Context, id ItemID) (Item, error) {
	return c.item(ctx, message{method: MethodItemsGet, id: string(id)}, nil)
}

// item makes a call about one item, which answers it.
func (c *Client) item(ctx context.Context, m message, in any) (Item, error) {
	if err := checkID(m.method, m.id); err != nil {
		return Item{}, err
	}
	var out wireItem
	if err := c.call(ctx, m, in, &out); err != nil {
		return Item{}, err
	}
	return out.item(), nil
}

// PatchItem sets an item's description.
func (c *Client) PatchItem(ctx context.Context, id ItemID, description string) (Item, error) {
	const m = MethodItemsPatch
	if err := checkText(m, "description", description, MaxDescription-1); err != nil {
		return Item{}, err
	}
	in := struct {
		Description string `json:"description"`
	}{description}
	return c.item(ctx, message{method: m, id: string(id), query: url.Values{"updateMask": {"description"}}}, in)
}

type wireItemResults struct {
	Results []struct {
		Status wireStatus `json:"status"`
		Item   *wireItem  `json:"mediaItem"`
	} `json:"mediaItemResults"`
	asked []ItemID
}

func (w *wireItemResults) flaw() string {
	if len(w.Results) != len(w.asked) {
		return few(len(w.Results), len(w.asked))
	}
	for i, r := range w.Results {
		if r.Item != nil && r.Item.ID != string(w.asked[i]) {
			return "the items are not those that were asked for"
		}
	}
	return ""
}

// BatchGetItems reads 1 to MaxBatch items, one result for each in their order. A
// single poisonous item can fail the whole call (gphotos-sync, issue 33).
func (c *Client) BatchGetItems(ctx context.Context, ids []ItemID) ([]ItemResult, error) {
	const m = MethodItemsBatchGet
	if err := checkIDs(m, ids); err != nil {
		return nil, err
	}
	q := url.Values{}
	for _, id := range ids {
		q.Add("mediaItemIds", string(id))
	}
	out := wireItemResults{asked: ids}
	if err := c.call(ctx, message{method: m, query: q}, nil, &out); err != nil {
		return nil, err
	}
	results := make([]ItemResult, len(ids))
	for i, w := range out.Results {
		results[i].Status, results[i].Item = outcome(w.Status, w.Item)
	}
	return results, nil
}

// outcome makes an entry's status and item agree: there is an item exactly when
// the status is a success.
func outcome(s wireStatus, w *wireItem) (Status, *Item) {
	status := s.status()
	switch {
	case !status.OK():
		return status, nil
	case w == nil || w.ID == "":
		return Status{Code: codeUnknown, Message: "the answer holds no item"}, nil
	}
	item := w.item()
	return status, &item
}

// ListItems asks for one page of the items that this app created, the newest
// first. PageSize 0 leaves it to Google (25); the most is MaxItemsPage.
type ListItems struct {
	Brief     bool // ID, Description, MIMEType and FileName alone: fewer bytes
	PageSize  int
	PageToken string // of the page before; bound to the other fields
}

// ItemsPage is one page of items. Only an empty NextPageToken ends a listing: a
// page may hold no items in the middle of it (gphotos-sync, issue 179), and its
// first may repeat the last of the page before (rclone).
type ItemsPage struct {
	Items         []Item
	NextPageToken string
}

type wireItemsPage struct {
	Items         []wireItem `json:"mediaItems"`
	NextPageToken string     `json:"nextPageToken"`
}

func (w *wireItemsPage) flaw() string {
	for i := range w.Items {
		if flaw := w.Items[i].flaw(); flaw != "" {
			return flaw
		}
	}
	return ""
}

// briefItems asks for what tells items apart, and leaves out addresses and what
// a camera wrote.
const briefItems = "nextPageToken,mediaItems(id,description,mimeType,filename)"

// items makes a call that answers the page of items which the token asked names.
func (c *Client) items(ctx context.Context, m message, in any, asked string) (ItemsPage, error) {
	var out wireItemsPage
	if err := c.call(ctx, m, in, &out); err != nil {
		return ItemsPage{}, err
	}
	if err := turns(m.method, asked, out.NextPageToken); err != nil {
		return ItemsPage{}, err
	}
	p := ItemsPage{Items: make([]Item, len(out.Items)), NextPageToken: out.NextPageToken}
	for i := range out.Items {
		p.Items[i] = out.Items[i].item()
	}
	return p, nil
}

// ListItems reads one page of the library.
func (c *Client) ListItems(ctx context.Context, r ListItems) (ItemsPage, error) {
	const m = MethodItemsList
	if err := checkPage(m, r.PageSize, MaxItemsPage); err != nil {
		return ItemsPage{}, err
	}
	q := paging(r.PageSize, r.PageToken)
	if r.Brief {
		q.Set("fields", briefItems)
	}
	return c.items(ctx, message{method: m, query: q}, nil, r.PageToken)
}
