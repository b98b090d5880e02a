import '@google/model-viewer/lib/model-viewer.js';
