"""Changes of a document before it is exported."""


def update_indexes(document) -> None:
    """Tables of contents and other indexes, which only text documents have."""
    if not document.supportsService("com.sun.star.text.GenericTextDocument"):
        return
    indexes = document.getDocumentIndexes()
    for position in range(indexes.getCount()):
        indexes.getByIndex(position).update()


def turn_to_landscape(document) -> None:
    """Every page that is higher than wide."""
    if hasattr(document, "getDrawPages") and not hasattr(document, "getText"):
        if hasattr(document, "getSheets"):
            turn_styles(document)
        else:
            turn_slides(document)
    else:
        turn_styles(document)


def turn_styles(document) -> None:
    """Pages of texts and of spreadsheets have their size from a style."""
    styles = document.getStyleFamilies().getByName("PageStyles")
    for position in range(styles.getCount()):
        style = styles.getByIndex(position)
        if style.Width < style.Height:
            style.IsLandscape = True
            style.Width, style.Height = style.Height, style.Width


def turn_slides(document) -> None:
    """Slides and drawings have a size each."""
    for pages in (document.getMasterPages(), document.getDrawPages()):
        for position in range(pages.getCount()):
            page = pages.getByIndex(position)
            if page.Width < page.Height:
                page.Width, page.Height = page.Height, page.Width
