// In a preview the page is loaded anew when a file of the content has changed.

const stamp = async () => (await fetch('/stamp')).text();

const before = await stamp();
setInterval(async () => {
  try {
    if ((await stamp()) !== before) location.reload();
  } catch { /* the preview has ended, or starts again */ }
}, 1000);
