"""The upload page: a local web app that takes clips, analyses them in processes of their own, and shows the reports."""
