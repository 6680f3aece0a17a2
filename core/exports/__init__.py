"""Files the portal gives away as tables: one workbook writer for every export."""
